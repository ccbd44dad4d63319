import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createClient, type KlingClient} from '../../../src/lib/api/client.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {type FakeServer, startFakeServer} from '../../support/fake-server.js';

/** Every recorded exchange, replayed to the client over a socket. */
interface Exchange {
	request: {method: 'GET' | 'POST' | 'PUT'; path: string; query?: Record<string, string>; body?: object};
	response: {
		status: number;
		headers?: Record<string, string>;
		body?: {code: number; message: string; request_id: string; data?: ApiTask | ApiTask[]};
		body_text?: string;
	};
}

interface ApiTask {
	task_id: string;
	task_status: string;
	task_status_msg?: string;
	task_info?: {external_task_id?: string};
	task_result?: {
		videos?: {id: string; url: string; watermark_url?: string; duration: string}[];
		audios?: {id: string; url_mp3: string; url_wav: string; duration_mp3: string}[];
	};
	final_unit_deduction?: string;
	created_at: number;
	updated_at: number;
}

const folder = path.join(import.meta.dirname, '..', '..', 'fixtures', 'exchanges');
const exchanges = readdirSync(folder).map((name): [string, Exchange] => [
	name,
	JSON.parse(readFileSync(path.join(folder, name), 'utf8')),
]);

/** What each refusal means, by the file's name. */
const errors: Record<string, [code: string, exit: number]> = {
	'error.1000.json': ['invalid_api_key', 4],
	'error.1001.json': ['invalid_api_key', 4],
	'error.1002.aksk-on-new-standard.json': ['invalid_api_key', 4],
	'error.1002.not-a-jwt.json': ['invalid_api_key', 4],
	'error.1003.json': ['invalid_api_key', 4],
	'error.1004.json': ['invalid_api_key', 4],
	'error.1100.json': ['quota_exceeded', 7],
	'error.1101.json': ['quota_exceeded', 7],
	'error.1102.json': ['quota_exceeded', 7],
	'error.1103.json': ['permission_denied', 4],
	'error.1200.json': ['invalid_request', 3],
	'error.1201.task-not-found.json': ['task_not_found', 9],
	'error.1201.value.json': ['invalid_request', 3],
	'error.1202.json': ['invalid_request', 3],
	'error.1203.json': ['invalid_request', 3],
	'error.1300.json': ['content_policy', 3],
	'error.1301.json': ['content_policy', 3],
	'error.1302.json': ['rate_limit', 6],
	'error.1303.json': ['rate_limit', 6],
	'error.1304.json': ['permission_denied', 4],
	'error.5000.json': ['server_error', 5],
	'error.5001.json': ['server_overloaded', 5],
	'error.5002.json': ['timeout', 5],
	'error.non-json.502.json': ['server_error', 5],
	'omni-video.get.not-found.json': ['task_not_found', 9],
};

let server: FakeServer;
let client: KlingClient;
beforeAll(async () => {
	server = await startFakeServer();
	client = createClient({
		baseUrl: new URL(server.baseUrl),
		credentials: {apiKey: 'api-key-kling-test'},
		clock: {
			now: Date.now,
			sleep: async () => {},
			deadline: () => new AbortController().signal,
			after: () => () => {},
		},
	});
});
afterAll(() => server.close());

/** Sends the recorded request through the client, and the recorded response back. */
async function replay({request, response}: Exchange): Promise<unknown> {
	server.answer = (_, answer) => {
		answer.writeHead(response.status, {'content-type': 'application/json', ...response.headers});
		answer.end(response.body_text ?? JSON.stringify(response.body));
	};
	if (request.method !== 'GET') return client.createTask(request.path, request.body ?? {});
	if (request.query) return client.listTasks(request.path, {number: 1, size: 30});
	const [, collection = '', id = ''] = /^(.*)\/([^/]*)$/.exec(request.path) ?? [];
	return client.getTask(collection, id);
}

/** The same task in the program's names, derived separately from the file. */
function expected(task: ApiTask) {
	const known = {
		id: task.task_id,
		status: task.task_status,
		statusMessage: task.task_status_msg || undefined,
		externalId: task.task_info?.external_task_id,
		videos: (task.task_result?.videos ?? []).map(({id, url, watermark_url, duration}) => ({
			id,
			url,
			...(watermark_url && {watermarkUrl: watermark_url}),
			duration,
		})),
		audios: (task.task_result?.audios ?? []).map(({id, url_mp3, url_wav, duration_mp3}) => ({
			id,
			mp3Url: url_mp3,
			mp3Duration: duration_mp3,
			wavUrl: url_wav,
		})),
		units: task.final_unit_deduction,
		createdAt: task.created_at,
		updatedAt: task.updated_at,
	};
	return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

const refused = exchanges.filter(([, {response}]) => response.body?.code !== 0);
const answered = exchanges.filter(([, {response}]) => response.body?.code === 0);

test('there are recordings of both kinds', () => {
	expect(answered.length).toBeGreaterThan(35);
	expect(refused.length).toBeGreaterThan(25);
});

describe('a success', () => {
	test.each(answered)('%s', async (_, exchange) => {
		const data = exchange.response.body?.data;
		const want = Array.isArray(data) ? data.map((task) => expected(task)) : data && expected(data);
		expect(await replay(exchange)).toEqual(want);
	});
});

describe('a refusal', () => {
	test.each(refused)('%s', async (name, exchange) => {
		const error = await replay(exchange).catch((reason: unknown) => reason);
		if (!(error instanceof KlingError)) throw new Error(`${name} did not fail`);
		const [code, exit] = errors[name] ?? ['invalid_request', 3];
		expect([error.code, error.exit]).toEqual([code, exit]);
		if (exchange.response.body === undefined) return;
		expect(error.said).toBe(exchange.response.body.message);
		expect(error.details).toMatchObject({
			api_code: exchange.response.body.code,
			request_id: exchange.response.body.request_id,
		});
		expect(errors[name] !== undefined || name.includes('.rejected.')).toBe(true);
	});
});
