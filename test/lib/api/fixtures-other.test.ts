import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createClient, type KlingClient} from '../../../src/lib/api/client.js';
import {readLedger} from '../../../src/lib/api/ledger.js';
import {readPacks} from '../../../src/lib/api/packs.js';
import {readTask} from '../../../src/lib/api/reply.js';
import {readSegments} from '../../../src/lib/api/segments.js';
import {createFinder, listAllTasks} from '../../../src/lib/api/tasks-endpoint.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {systemClock} from '../../../src/lib/system/clock.js';
import {detectFaces} from '../../../src/lib/tasks/faces.js';
import {openSelection} from '../../../src/lib/tasks/selection.js';
import type {Session} from '../../../src/lib/tasks/task-context.js';
import {type FakeServer, startFakeServer} from '../../support/fake-server.js';
import {fakeSession} from '../../support/session.js';

/*
 * The recorded exchanges of all types but the first five, replayed to the client over a socket: nothing in a
 * response is lost.
 */

interface Exchange {
	request: {method: 'GET' | 'POST'; path: string; query?: Record<string, string>; body?: object};
	response: {status: number; body: {code: number; message: string; request_id: string; data?: unknown}};
}

const folder = path.join(import.meta.dirname, '../../fixtures/other');
const exchanges = readdirSync(folder).map((name): [string, Exchange] => [
	name.slice(0, -'.json'.length),
	JSON.parse(readFileSync(path.join(folder, name), 'utf8')),
]);

let server: FakeServer;
let client: KlingClient;
let session: Session;
beforeAll(async () => {
	server = await startFakeServer();
	client = createClient({
		baseUrl: new URL(server.baseUrl),
		credentials: {apiKey: 'api-key-kling-test'},
		clock: {...systemClock, sleep: async () => {}},
	});
	({session} = fakeSession(client));
});
afterAll(() => server.close());

const command = {command: ['test']};

/** Requests other than a submission, a look-up or a page of a list, by path. */
const calls: Readonly<Record<string, (request: Exchange['request']) => Promise<unknown>>> = {
	'/account/costs': ({method, query = {}, path: place}) =>
		client.request({method, path: place, query, read: readPacks}),
	'/account/billing/package': (request) => ledgerPage(request),
	'/account/billing/balance': (request) => ledgerPage(request),
	'/v1/audio/tts': ({path: place}) =>
		client.request({method: 'POST', path: place, body: '{}', read: readTask}),
	'/v1/videos/identify-face': () => detectFaces(session, {video_id: '1'}, {...command, isNew: true}),
	'/v1/videos/image-recognize': ({path: place}) =>
		client.request({method: 'POST', path: place, body: '{}', read: readSegments}),
	'/v1/videos/multi-elements/init-selection': () => openSelection(session, {video_id: '1'}),
	'/solutions': ({method, query = {}}) =>
		method === 'POST'
			? listAllTasks(client, {limit: 2}, {path: '/solutions'})
			: createFinder(client, {path: '/solutions'})(Object.values(query)[0] ?? ''),
};

const ledgerPage = ({path: place, body}: Exchange['request']) =>
	client.request({method: 'POST', path: place, body: JSON.stringify(body), read: readLedger});

/** Calls whose response only confirms success. */
const isDone = (place: string) => /\/delete-|-selection$/.test(place);

/** Sends the recorded request like the program does, and lets the server send the recorded response. */
async function replay({request, response}: Exchange): Promise<unknown> {
	const text = JSON.stringify(response.body);
	server.answer = (_, answer) => {
		answer.writeHead(response.status, {'content-type': 'application/json'});
		answer.end(text);
	};
	const {method, path: place, query, body = {}} = request;
	const call = calls[place];
	if (call) return call(request);
	if (isDone(place)) {
		return client.request({method: 'POST', path: place, body: JSON.stringify(body), read: (data) => data});
	}
	if (method === 'POST') return client.createTask(place, body);
	if (query) return client.listTasks(place, {number: 1, size: 500});
	const [, collection = '', id = ''] = /^(.*)\/([^/]*)$/.exec(place) ?? [];
	return client.getTask(collection, id);
}

/** Every id and URL of a result, and its cost, by the API's names. */
const kept =
	/^(task_id|id|element_id|voice_id|session_id|face_id|url|url_[\w]+|watermark_url|trial_url|face_image|final_unit_deduction)$/;

/** Parts of a response that are not used: its inputs, and amounts of money. */
const passed = /^(task_info|final_balance_deduction|element_voice_info|billing|tag_list)$/;

function valuesOf(value: unknown, name = ''): string[] {
	if (Array.isArray(value)) return value.flatMap((item) => valuesOf(item, name));
	if (typeof value === 'object' && value !== null) {
		return Object.entries(value).flatMap(([key, item]) => (passed.test(key) ? [] : valuesOf(item, key)));
	}
	return kept.test(name) && value !== null && value !== '' ? [String(value)] : [];
}

const succeeded = exchanges.filter(([, {response}]) => response.body.code === 0);
const refused = exchanges.filter(([, {response}]) => response.body.code !== 0);

test('there are recordings of both kinds', () => {
	expect(succeeded.length).toBeGreaterThan(95);
	expect(refused.length).toBeGreaterThan(30);
});

/** Responses that report with code 0 that nothing was done. */
const unrecognized = 'multi-elements.init-selection.refused-status';

/** Parts of a response that are not used. */
const unread: Readonly<Record<string, RegExp>> = {
	// The clip in the form that Kling works with.
	'multi-elements.init-selection.ok': /^https:/,
	// The session of a task that has ended.
	'multi-elements.get.succeed': /^95/,
	'multi-elements.list.page': /^95/,
};

describe('a response keeps its ids, its URLs and its price', () => {
	test.each(succeeded.filter(([name]) => name !== unrecognized))('%s', async (name, exchange) => {
		const result = await replay(exchange);
		const text = JSON.stringify(result, (_, value) => (typeof value === 'bigint' ? String(value) : value));
		const wanted = valuesOf(exchange.response.body.data).filter((value) => !unread[name]?.test(value));
		for (const value of wanted) expect(text).toContain(value);
	});

	test('and the status alone shows that a task has ended', async () => {
		for (const [name, exchange] of exchanges.filter(([each]) => /\.get\..*(succeed|failed)$/.test(each))) {
			const status = name.endsWith('failed') ? 'failed' : 'succeed';
			expect(await replay(exchange), name).toMatchObject({status});
		}
	});
});

describe('a refusal', () => {
	test.each(refused)('%s', async (_, exchange) => {
		const error = await replay(exchange).catch((reason: unknown) => reason);
		if (!(error instanceof KlingError)) throw new Error('it did not fail');
		const {code, message, request_id} = exchange.response.body;
		expect(error.said).toContain(message);
		expect(error.details).toMatchObject({api_code: code, request_id});
		expect(error.maybeSubmitted).toBe(false);
	});

	test(`${unrecognized}: code 0 with another status is one as well`, async () => {
		const [, exchange] = exchanges.find(([name]) => name === unrecognized) ?? [];
		if (exchange === undefined) throw new Error('the recording is gone');
		await expect(replay(exchange)).rejects.toMatchObject({code: 'invalid_request'});
	});
});
