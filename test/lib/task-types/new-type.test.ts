import {Flags} from '@oclif/core';
import {afterAll, beforeAll, expect, test, vi} from 'vitest';
import {withPluginTypes} from '../../../src/cli/plugin-task-types.js';
import type {Command, Flag} from '../../../src/completion/command-index.js';
import {flagValues} from '../../../src/completion/values.js';
import {createClient} from '../../../src/lib/api/client.js';
import {createFinders} from '../../../src/lib/api/tasks-endpoint.js';
import {systemClock} from '../../../src/lib/system/clock.js';
import {defineTaskType} from '../../../src/lib/task-types/definition.js';
import {dryRun} from '../../../src/lib/task-types/dry-run.js';
import {definitions, taskTypeNames} from '../../../src/lib/task-types/index.js';
import {plainRequest, prepareRequest} from '../../../src/lib/task-types/prepare.js';
import {createTypeRegistry} from '../../../src/lib/task-types/registry.js';
import {checkBeforeSending} from '../../../src/lib/task-types/validate.js';
import {discoverType} from '../../../src/lib/tasks/discover-type.js';
import {fetchTask} from '../../../src/lib/tasks/fetch-task.js';
import {listFrom} from '../../../src/lib/tasks/list-from.js';
import {listTasks} from '../../../src/lib/tasks/list-tasks.js';
import {submitTask} from '../../../src/lib/tasks/submit.js';
import type {Session} from '../../../src/lib/tasks/task-context.js';
import {type Sandbox, startSandbox} from '../../../src/sandbox/server.js';
import {fakeSession} from '../../support/session.js';

/** The example type of docs/architecture.md, known only to this test. */
const poster = defineTaskType({
	name: 'poster',
	command: ['image', 'poster'],
	summary: 'a clip as a poster',
	paths: {v1: '/v1/images/poster'},
	schema: 'poster',
	formats: ['image'],
	pack: 'image',
	seconds: 12,
	write: {v1: ({videoId}: {videoId: string}) => ({video_id: videoId})},
	rules: [
		({body}) =>
			body.video_id === '0'
				? {
						field: 'video_id',
						rule: 'poster-of-nothing',
						message: 'video_id is invalid',
						advice: {code: 'invalid_video_id', words: () => 'A VIDEO_ID is never 0'},
					}
				: undefined,
	],
	units: () => 8,
});
/** A type that only the newer standard has, with its own lookup and list. */
const dance = defineTaskType({
	name: 'dance',
	command: ['video', 'dance'],
	summary: 'a person who dances',
	paths: {v1: '/solutions/dance', lookup: '/solutions'},
	schema: 'dance',
	formats: ['video'],
	pack: 'video',
	seconds: 12,
	write: {v1: ({person}: {person: string}) => ({contents: [{type: 'person_image', url: person}]})},
	rules: [],
	units: () => 3,
});
const own = [...definitions, poster, dance];
const types = createTypeRegistry(own);

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({types: own, speed: 10_000});
});
afterAll(() => sandbox.close());

test('help lists it among the values of --type', () => {
	const type = Flags.string({options: [...taskTypeNames]});
	expect(withPluginTypes({type}, types).type.options).toEqual([...taskTypeNames, 'poster', 'dance']);
});

test('completion offers it', async () => {
	const flag = {name: 'type', options: taskTypeNames} as unknown as Flag;
	const machine = {types: () => types, tasks: async () => [], profiles: async () => ({names: []})};
	const offer = await flagValues(flag, {isOwn: true} as Command, machine, '');
	expect(offer).toEqual({
		kind: 'words',
		candidates: [...taskTypeNames, 'poster', 'dance'].map((value) => ({value})),
	});
});

test('a dry run shows its URL and its price', () => {
	const body = poster.write.v1({videoId: '7'});
	expect(
		dryRun(new URL('https://kling.invalid'), types, 'poster', plainRequest(poster.paths.v1, body), undefined),
	).toMatchObject({
		url: 'https://kling.invalid/v1/images/poster',
		body: {video_id: '7'},
		estimated_units: '8',
	});
});

test('its own rules refuse a request with their own messages', () => {
	expect(checkBeforeSending(poster, {video_id: '7'})).toEqual([]);
	expect(() => checkBeforeSending(poster, {video_id: '0'})).toThrow(
		expect.objectContaining({code: 'invalid_video_id', message: 'A VIDEO_ID is never 0'}),
	);
});

test('the sandbox serves it, and it can be looked up and listed', async () => {
	const {baseUrl, apiKey} = sandbox;
	const client = createClient({baseUrl: new URL(baseUrl), credentials: {apiKey}, clock: systemClock});
	const {v1} = types.info('poster').paths;
	const made = await client.createTask(v1, {...poster.write.v1({videoId: '7'}), external_task_id: 'p1'});
	expect((await client.getTask(v1, 'p1')).id).toBe(made.id);

	const listed: (string | undefined)[] = [];
	// Types with their own list are not listed by pages.
	const byPages = types.names.filter((name) => types.info(name).paths.lookup === undefined);
	const options = {types: byPages, registry: types, size: 30, page: 1};
	for await (const {type, task} of listTasks(client, options)) if (task.id === made.id) listed.push(type);
	expect(listed).toEqual(['poster']);
});

/** A separate machine, with an API key and an empty journal. */
function machine(): Session {
	const {baseUrl, apiKey} = sandbox;
	const client = createClient({baseUrl: new URL(baseUrl), credentials: {apiKey}, clock: systemClock});
	const findOn = createFinders(client);
	const api = {choice: 'auto', hasApiKey: true} as const;
	return {...fakeSession(client).session, clock: systemClock, types, api, findOn, find: findOn()};
}

test('a type with its own lookup needs nothing else: it is submitted, looked up, recognized and listed', async () => {
	const here = machine();
	const request = {person: 'https://example.com/mia.png'};
	const prepared = prepareRequest(dance, dance.write.v1(request), request, here.api);
	expect(prepared).toMatchObject({standard: 'tasks', path: '/solutions/dance'});
	const deadline = systemClock.now() + 10_000;
	const {id} = await submitTask(here, 'dance', prepared.record, {externalId: 'd1', prepared, deadline});
	expect(await fetchTask(here, {id: 'd1', type: 'dance'})).toMatchObject({id});
	expect(sandbox.tasks().find((one) => one.id === id)).toMatchObject({type: 'dance'});

	// Try-on is looked up at the same address.
	const elsewhere = machine();
	await vi.waitFor(async () => {
		const {videos} = await fetchTask(here, {id, type: 'dance'});
		expect(videos).toHaveLength(1);
	});
	expect(await discoverType(elsewhere, id)).toMatchObject({id, type: 'dance'});

	const listed = async (session: Session, type?: string) => {
		const request = {type, size: 30, page: 1, statuses: undefined, since: undefined};
		const found: (string | undefined)[] = [];
		for await (const one of listFrom(session, {...request, note: () => {}, onMore: () => {}}))
			if (one.task.id === id) found.push(one.type);
		return found;
	};
	expect(await listed(here, 'dance')).toEqual(['dance']);
	expect(await listed(here, 'image-try-on')).toEqual([]);
	expect(await listed(here)).toEqual(['dance']);
	expect(await listed(elsewhere)).toEqual([undefined]);
});
