import {gzipSync} from 'node:zlib';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createClient, type KlingClient} from '../../src/lib/api/client.js';
import type {Task} from '../../src/lib/api/task.js';
import {errorRow} from '../../src/lib/errors/error-table.js';
import {KlingError} from '../../src/lib/errors/kling-error.js';
import {statusDocument} from '../../src/lib/tasks/results.js';
import {kling} from '../e2e/kling.js';
import {type FakeServer, startFakeServer} from '../support/fake-server.js';
import {controls} from '../support/rehearsal.js';
import {fakeClock} from '../support/session.js';

/** Whatever the response, a command gives a document with its documented keys, or a known error. */
let server: FakeServer;
let client: KlingClient;

beforeAll(async () => {
	server = await startFakeServer();
	client = createClient({
		baseUrl: new URL(server.baseUrl),
		credentials: {apiKey: 'api-key-kling-test'},
		clock: fakeClock(),
	});
});
afterAll(() => server.close());

interface AnyReply {
	status: number;
	type: string | undefined;
	body: Uint8Array;
	gzip: boolean;
}

const text = (value: unknown) =>
	Buffer.from(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** A value that is often right, and sometimes of the wrong kind. */
const orOdd = (right: fc.Arbitrary<unknown>) =>
	fc.oneof(
		{weight: 20, arbitrary: right},
		{weight: 1, arbitrary: fc.jsonValue()},
		{weight: 1, arbitrary: fc.constant(null)},
	);

const odd = fc.string({unit: 'binary'});

/** A task that may be wrong anywhere, and may lack keys. */
const nearTask = fc.record(
	{
		// Mostly the requested id.
		task_id: orOdd(
			fc.oneof(
				{weight: 6, arbitrary: fc.constant('t1')},
				fc.stringMatching(/^\d{18}$/),
				odd,
				fc.maxSafeInteger(),
			),
		),
		task_status: orOdd(fc.oneof(fc.constantFrom('submitted', 'processing', 'succeed', 'failed'), odd)),
		task_status_msg: orOdd(odd),
		task_info: orOdd(fc.record({external_task_id: orOdd(odd)})),
		task_result: orOdd(
			fc.record({
				videos: orOdd(
					fc.array(orOdd(fc.record({id: orOdd(odd), url: orOdd(odd), duration: orOdd(odd)})), {maxLength: 2}),
				),
			}),
		),
		created_at: orOdd(fc.integer()),
	},
	{requiredKeys: ['task_id', 'task_status']},
);

const nearEnvelope = fc.record(
	{
		code: orOdd(fc.constantFrom(...Array(12).fill(0), 1000, 1004, 1102, 1201, 1301, 1303, 5000, 5002, -1)),
		message: orOdd(odd),
		request_id: orOdd(odd),
		data: orOdd(fc.oneof({weight: 3, arbitrary: nearTask}, fc.array(nearTask, {maxLength: 3}))),
	},
	{requiredKeys: ['code']},
);

const anyReply: fc.Arbitrary<AnyReply> = fc.record({
	status: fc.oneof(
		{weight: 3, arbitrary: fc.constant(200)},
		fc.constantFrom(204, 400, 401, 404, 408, 429, 500, 502, 503, 504),
	),
	type: fc.constantFrom('application/json', 'text/html', undefined, 'application/json; charset=utf-16'),
	gzip: fc.oneof({weight: 5, arbitrary: fc.constant(false)}, fc.boolean()),
	body: fc.oneof(
		{weight: 5, arbitrary: nearEnvelope.map(text)},
		{weight: 1, arbitrary: fc.json().map(text)},
		{weight: 1, arbitrary: fc.uint8Array({maxLength: 300})},
		{weight: 1, arbitrary: odd.map(text)},
	),
});

/** Responds with it. A body that is labelled as compressed may not be. */
function answerWith({status, type, body, gzip}: AnyReply) {
	server.answer = (_, response) => {
		const packed = gzip && body.length % 2 === 0 ? gzipSync(body) : body;
		response.writeHead(status, {
			...(type !== undefined && {'content-type': type}),
			...(gzip && {'content-encoding': 'gzip'}),
		});
		response.end(status === 204 ? undefined : packed);
	};
}

/** Fails unless an error is meant for users: one of the table, with its exit status, and not a bug. */
function expectKnown(error: unknown) {
	if (!(error instanceof KlingError)) throw error;
	expect(error.code).not.toBe('internal_error');
	expect(errorRow(error.code).exit).toBeGreaterThan(1);
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';

/** The documented keys, in order; those of a clip as far as the response contains them. */
const keysOf = ({status, videos: [clip]}: Task) => [
	...['success', 'task_id', 'status'],
	...(status === 'succeed' && clip?.id !== undefined ? ['video_id'] : []),
	...(status === 'succeed' && clip?.duration !== undefined ? ['duration'] : []),
];

describe('any response', () => {
	test('to a lookup: the documented keys, or a known error', async () => {
		let read = 0;
		await fc.assert(
			fc.asyncProperty(anyReply, async (reply) => {
				answerWith(reply);
				try {
					const task = await client.getTask('/v1/videos/omni-video', 't1');
					read++;
					expect([task.id, task.status].every(isText)).toBe(true);
					const document = JSON.parse(JSON.stringify(statusDocument(task, 'create', false)));
					expect(Object.keys(document)).toEqual(keysOf(task));
				} catch (error) {
					expectKnown(error);
				}
			}),
			{seed: 5, numRuns: 250},
		);
		// Otherwise readable responses would not have been tested.
		expect(read).toBeGreaterThan(10);
	});

	test('to a list: tasks with their keys, or a known error', async () => {
		await fc.assert(
			fc.asyncProperty(anyReply, async (reply) => {
				answerWith(reply);
				try {
					const tasks = await client.listTasks('/v1/videos/omni-video', {number: 1, size: 30});
					expect(tasks.every(({id, status}) => isText(id) && isText(status))).toBe(true);
				} catch (error) {
					expectKnown(error);
				}
			}),
			{seed: 6, numRuns: 120},
		);
	});

	test('to a submission: the task, or an error that says whether one may exist', async () => {
		await fc.assert(
			fc.asyncProperty(anyReply, async (reply) => {
				answerWith(reply);
				try {
					expect(isText((await client.createTask('/v1/videos/omni-video', {prompt: 'x'})).id)).toBe(true);
				} catch (error) {
					expectKnown(error);
					// An answer of the 2xx kind without a refusal of Kling is no proof that there is no task.
					const {maybeSubmitted, details} = error as KlingError;
					if (reply.status < 300 && details.api_code === undefined) expect(maybeSubmitted).toBe(true);
				}
			}),
			{seed: 7, numRuns: 120},
		);
	});

	test.concurrent.each(
		fc.sample(anyReply, {seed: 8, numRuns: 8}).map((reply) => [reply.status, reply] as const),
	)('with %i, through the program: one document that fits the exit status', async (_, reply) => {
		const own = await startFakeServer();
		const before = server.answer;
		answerWith(reply);
		own.answer = server.answer;
		server.answer = before;
		const env = {KLING_BASE_URL: own.baseUrl, KLING_API_KEY: 'api-key-kling-test'};
		const {code, stdout, stderr} = await kling(['video', 'status', 't1', '-q'], {env});
		await own.close();
		const document = JSON.parse(stdout);
		expect({success: document.success, stderr}).toEqual({success: code === 0, stderr: ''});
		expect(code).not.toBe(1);
		expect(stdout).not.toMatch(controls);
		if (code === 0) expect(Object.keys(document).slice(0, 3)).toEqual(['success', 'task_id', 'status']);
	});
});
