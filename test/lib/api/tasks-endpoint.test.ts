import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createClient, type KlingClient} from '../../../src/lib/api/client.js';
import {createFinder, listAllTasks} from '../../../src/lib/api/tasks-endpoint.js';
import {systemClock} from '../../../src/lib/system/clock.js';
import {type FakeServer, json, startFakeServer} from '../../support/fake-server.js';

const folder = path.join(import.meta.dirname, '../../fixtures/newer');
const names = readdirSync(folder);
const exchange = (name: string) => JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));

let server: FakeServer;
let client: KlingClient;
beforeAll(async () => {
	server = await startFakeServer();
	server.answer = (request, response) => {
		const {body, status = 200} = coming.shift() ?? {status: 500, body: {}};
		json(body, status)(request, response);
	};
	client = createClient({
		baseUrl: new URL(server.baseUrl),
		credentials: {apiKey: 'api-key-kling-test'},
		clock: systemClock,
	});
});
afterAll(() => server.close());

/** The server's next responses, in order. */
const coming: {status?: number; body: object}[] = [];

/** Prepares the recorded response of an exchange. */
function answer(name: string) {
	const {response} = exchange(name);
	coming.push(response);
	return response.body;
}

describe('every recorded submission', () => {
	test.each(names.filter((name) => /create\..*submitted/.test(name)).map((name) => name.slice(0, -5)))(
		'%s gives a task',
		async (name) => {
			const {data} = answer(name);
			const {request} = exchange(name);
			expect(await client.createTask(request.path, request.body)).toEqual({
				id: data.id,
				status: 'submitted',
				...(data.external_id && {externalId: data.external_id}),
				videos: [],
				audios: [],
				createdAt: data.create_time,
				updatedAt: data.update_time,
			});
		},
	);

	test.each(names.filter((name) => /create\.rejected/.test(name)).map((name) => name.slice(0, -5)))(
		'%s says that no task was made',
		async (name) => {
			const {message} = answer(name);
			const {request} = exchange(name);
			await expect(client.createTask(request.path, request.body)).rejects.toMatchObject({
				code: 'invalid_request',
				said: message,
				maybeSubmitted: false,
				alreadyExists: /already exists/.test(message),
			});
		},
	);
});

describe('every recorded lookup', () => {
	const find = (id: string) => createFinder(client)(id);

	test.each<[string, object]>([
		['tasks.get.processing', {status: 'processing', videos: []}],
		['tasks.get.failed', {status: 'failed', statusMessage: 'Failure to pass the risk control system'}],
		[
			'tasks.get.succeeded',
			{
				status: 'succeed',
				units: '3',
				videos: [{id: '910000000000000061', duration: '5.041', url: expect.stringMatching(/0061-output/)}],
				updatedAt: 1_790_000_083_000,
			},
		],
		[
			'tasks.get.audio.succeeded',
			{
				units: '0.25',
				audios: [
					{
						id: '920000000000000133',
						mp3Url: expect.stringMatching(/\.mp3/),
						wavUrl: expect.stringMatching(/\.wav/),
					},
				],
			},
		],
		['tasks.get.image.succeeded', {units: '8', images: [{index: 0, url: expect.stringMatching(/0135/)}]}],
		[
			'tasks.get.series.succeeded',
			{images: [expect.objectContaining({index: 0}), expect.objectContaining({index: 1})]},
		],
		['tasks.get.element.succeeded', {status: 'succeed', units: '0'}],
		['tasks.get.voice.succeeded', {status: 'succeed', units: '0.05'}],
	])('%s', async (name, task) => {
		const {data} = answer(name);
		expect(await find(data[0].id)).toMatchObject({id: data[0].id, ...task});
	});

	test('a task that was paid with money has no units, and is found by its external id', async () => {
		answer('tasks.get.cash.succeeded');
		const task = await find('demo-new-0013');
		expect(task).toMatchObject({id: '900000000000000164', externalId: 'demo-new-0013'});
		expect(task.units).toBeUndefined();
		expect(server.seen.at(-1)?.url).toBe('/tasks?external_task_ids=demo-new-0013');
	});

	test('an unknown id is requested as either kind, and then not found', async () => {
		answer('tasks.get.unknown');
		answer('tasks.get.unknown');
		await expect(find('900000000000000999')).rejects.toMatchObject({code: 'task_not_found', exit: 9});
		expect(server.seen.slice(-2).map(({url}) => url)).toEqual([
			'/tasks?task_ids=900000000000000999',
			'/tasks?external_task_ids=900000000000000999',
		]);
	});

	test('an unknown status is passed through', async () => {
		coming.push({body: {code: 0, data: [{id: '1'.repeat(18), status: 'paused'}]}});
		expect((await find('1'.repeat(18))).status).toBe('paused');
	});

	test('forty ids take two requests', async () => {
		const ids = Array.from({length: 40}, (_, index) => String(900_000_000_000_000_000n + BigInt(index)));
		const before = server.seen.length;
		for (const part of [ids.slice(0, 20), ids.slice(20)]) {
			coming.push({body: {code: 0, data: part.map((id) => ({id, status: 'submitted'}))}});
		}
		const finder = createFinder(client);
		expect((await Promise.all(ids.map((id) => finder(id)))).map(({id}) => id)).toEqual(ids);
		expect(server.seen.length - before).toBe(2);
	});
});

describe('lookups of many tasks', () => {
	/**
	 * @param together number of requests that must be in flight before the server responds, while more are to
	 * come
	 */
	async function lookUp(count: number, together: number) {
		const sizes: number[] = [];
		const held: (() => void)[] = [];
		let asked = 0;
		server.answer = (request, response) => {
			const ids = new URL(request.url, server.baseUrl).searchParams.get('task_ids')?.split(',') ?? [];
			sizes.push(ids.length);
			asked += ids.length;
			const data = ids.map((id) => ({id, status: 'submitted'}));
			held.push(() => json({code: 0, data})(request, response));
			if (held.length > together) throw new Error(`${held.length} requests at once`);
			if (held.length === together || asked === count) for (const answer of held.splice(0)) answer();
		};
		const find = createFinder(client);
		const ids = Array.from({length: count}, (_, index) => String(900_000_000_000_000_000n + BigInt(index)));
		const found = await Promise.all(ids.map((id) => find(id)));
		expect(found.map(({id}) => id)).toEqual(ids);
		return sizes;
	}

	test('have four full requests in flight at once', async () => {
		expect(await lookUp(160, 4)).toEqual(Array(8).fill(20));
	});

	test('send a partial request once the others have returned', async () => {
		expect(await lookUp(45, 2)).toEqual([20, 20, 5]);
	});
});

describe('the list', () => {
	beforeAll(() => {
		server.answer = (request, response) => {
			const {body, status = 200} = coming.shift() ?? {status: 500, body: {}};
			json(body, status)(request, response);
		};
	});

	test('requests statuses and times, and follows the cursor', async () => {
		const {request} = exchange('tasks.list.page');
		answer('tasks.list.page');
		const {start_time: since, end_time: until} = request.body;
		const page = await listAllTasks(client, {since, until, limit: 2, statuses: ['succeeded']});
		expect(JSON.parse(server.seen.at(-1)?.body ?? '')).toEqual(request.body);
		expect(page).toMatchObject({tasks: [{id: '900000000000000061', status: 'succeed'}], next: undefined});
	});

	test('a cursor and a product', async () => {
		const {request} = exchange('tasks.list.next-page');
		answer('tasks.list.next-page');
		const {cursor, limit} = request.body;
		await listAllTasks(client, {cursor, limit, product: 'video'});
		expect(JSON.parse(server.seen.at(-1)?.body ?? '')).toEqual(request.body);
	});

	test('is retried, because it changes nothing', async () => {
		coming.push({status: 503, body: {code: 5001, message: 'maintenance'}});
		answer('tasks.list.page');
		expect((await listAllTasks(client, {limit: 2})).tasks).toHaveLength(1);
	});
});
