import {createServer, type Server} from 'node:net';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {KlingClient} from '../../../src/lib/api/client.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {waitForTask} from '../../../src/lib/tasks/poll.js';
import {submitAndFollow} from '../../../src/lib/tasks/submit-and-follow.js';
import {kling} from '../../e2e/kling.js';
import {listen} from '../../support/raw-server.js';
import {fakeClient, fakeSession, task} from '../../support/session.js';
import {simulatedClock} from '../../support/simulated-clock.js';

/** One deadline for every phase, retry, pause and lookup, on a simulated clock. */
const lost = new KlingError('server_error', 'HTTP 502', {maybeSubmitted: true});
const busy = new KlingError('rate_limit', 'too fast', {api_code: 1302, retryAfterMs: 60_000});

/** A submission each of whose requests takes this long, unless it is cancelled first. */
function submission(requestMs: number, outcome: () => never, externalId?: string) {
	const clock = simulatedClock();
	const {client} = fakeClient([]);
	const takes = async (...signals: (AbortSignal | undefined)[]) => {
		const known = signals.filter((signal) => signal !== undefined);
		await clock.sleep(requestMs, AbortSignal.any(known)).catch((error: unknown) => {
			throw error instanceof KlingError ? error : lost;
		});
		return outcome();
	};
	const slow: KlingClient = {
		...client,
		createTask: async (_path, _body, _attempt, until) => takes(until),
		getTask: async (_path, _id, signal) => takes(signal),
	};
	const {session} = fakeSession(slow);
	session.clock = clock;
	const run = (follow: {wait: boolean; timeoutMs: number}) =>
		submitAndFollow(
			session,
			'extend',
			{video_id: 'v'},
			{externalId, verbose: false, command: [], ...follow},
		).catch((error: unknown) => error as KlingError);
	return {clock, session, run};
}

const fail = (error: KlingError) => () => {
	throw error;
};

describe('a submission that waits', () => {
	test.each<[string, number, () => never]>([
		['a server that is silent', 3_600_000, fail(lost)],
		['a server whose responses are lost at once', 0, fail(lost)],
		['a server that takes five seconds for each failure', 5000, fail(lost)],
		['a server that asks for a minute', 0, fail(busy)],
		['a server that knows no task', 3000, fail(lost)],
	])('ends near its --timeout of 10 s with %s', async (_, requestMs, outcome) => {
		const {clock, run} = submission(requestMs, outcome);
		expect(await run({wait: true, timeoutMs: 10_000})).toBeInstanceOf(KlingError);
		expect(clock.elapsedMs).toBeLessThanOrEqual(12_000);
	});

	test('reports the external id when the outcome is unknown', async () => {
		const {run, session} = submission(3_600_000, fail(lost));
		const error = await run({wait: true, timeoutMs: 10_000});
		const [name] = session.purchases.tasks.keys();
		expect(error).toMatchObject({code: 'submit_unknown', details: {external_task_id: name}});
	});

	test('with a known external id looks it up within the same time', async () => {
		const {clock, run, session} = submission(3_600_000, fail(lost), 'mine');
		await session.journal.intend('extend', 'mine', {video_id: 'v'});
		expect(await run({wait: true, timeoutMs: 10_000})).toMatchObject({exit: 5});
		expect(clock.elapsedMs).toBeLessThanOrEqual(12_000);
	});
});

test('a submission without --wait spends at most a minute looking for a task whose response was lost', async () => {
	const {clock, run} = submission(40_000, fail(lost));
	expect(await run({wait: false, timeoutMs: 1_800_000})).toMatchObject({code: 'submit_unknown'});
	expect(clock.elapsedMs).toBeLessThanOrEqual(40_000 + 61_000);
});

describe('a machine that slept past the deadline', () => {
	const wait = (clock: ReturnType<typeof simulatedClock>, lookUp: KlingClient['getTask']) =>
		waitForTask(
			({id}, signal) => lookUp('', id, signal),
			{id: 't1', type: 'create'},
			{
				clock,
				random: () => 0.5,
				deadline: clock.now() + 60_000,
				signal: new AbortController().signal,
				onStatus: () => {},
				onTrouble: () => {},
				resume: () => 'kling video wait t1',
			},
		);

	test.each([
		['while it paused', 0],
		['while it asked', 1000],
	])('polls once more, and finds the task finished: %s', async (_, requestMs) => {
		const clock = simulatedClock();
		let looks = 0;
		const found = await wait(clock, async (_path, _id, signal) => {
			looks++;
			if (looks === 2 && requestMs > 0) {
				clock.skip(8 * 3_600_000);
				await clock.sleep(requestMs, signal);
			}
			if (looks === 1 && requestMs === 0) clock.skip(8 * 3_600_000);
			return task({status: looks > 2 || (requestMs === 0 && looks > 1) ? 'succeed' : 'processing'});
		});
		expect(found.status).toBe('succeed');
	});

	test('reports that the task is still running', async () => {
		const clock = simulatedClock();
		const looked = wait(clock, async () => {
			clock.skip(8 * 3_600_000);
			return task({status: 'processing'});
		});
		await expect(looked).rejects.toMatchObject({code: 'wait_timeout'});
	});
});

describe('the program', () => {
	let server: Server;
	let env: Record<string, string>;
	beforeAll(async () => {
		server = createServer((socket) => void socket.on('error', () => {}).resume());
		env = {KLING_BASE_URL: `http://127.0.0.1:${await listen(server)}`, KLING_API_KEY: 'api-key-kling-test'};
	});
	afterAll(() => server.close());

	test('ends at its --timeout against a silent server, exit 11, with the external id', async () => {
		const {code, stdout} = await kling(
			['video', 'extend', 'v1', '--external-id', 'silent-1', '--wait', '--timeout', '3s'],
			{env},
		);
		expect(code).toBe(11);
		expect(JSON.parse(stdout).error).toMatchObject({external_task_id: 'silent-1'});
	});
});
