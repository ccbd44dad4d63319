import {describe, expect, test} from 'vitest';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {lookUpOne} from '../../../src/lib/tasks/fetch-task.js';
import {waitForTask} from '../../../src/lib/tasks/poll.js';
import {type Answer, fakeClient, fakeSession, notFound, task} from '../../support/session.js';

const down = new KlingError('connection_error', 'Cannot reach kling.invalid: the connection was reset');

function waiting(
	gets: Answer[],
	{timeoutMs = 30 * 60_000, intervalMs}: {timeoutMs?: number; intervalMs?: number} = {},
) {
	const {client, looked} = fakeClient([], gets);
	const {session, clock, abort} = fakeSession(client);
	const changes: string[] = [];
	const troubles: string[] = [];
	const wait = () =>
		waitForTask(
			lookUpOne(session),
			{id: 't1', type: 'create'},
			{
				clock,
				random: session.random,
				deadline: clock.now() + timeoutMs,
				intervalMs,
				signal: abort.signal,
				resume: () => 'kling video wait t1 --type create',
				onStatus: ({status}) => changes.push(status),
				onTrouble: ({code}) => troubles.push(code),
			},
		);
	return {wait, looked, clock, abort, changes, troubles};
}

const running = task({status: 'processing'});
const done = task({status: 'succeed'});

describe('a wait', () => {
	test('polls often at first, then every 5 to 10 s, and reports only changes', async () => {
		const {wait, clock, changes} = waiting([task(), running, running, running, running, running, done]);
		expect((await wait()).status).toBe('succeed');
		expect(clock.sleeps).toEqual([1000, 2000, 3000, 7500, 7500, 7500]);
		expect(changes).toEqual(['submitted', 'processing', 'succeed']);
	});

	test('polls at the requested interval', async () => {
		const {wait, clock} = waiting([running, running, done], {intervalMs: 250});
		await wait();
		expect(clock.sleeps).toEqual([250, 250]);
	});

	test('ends with a task that failed', async () => {
		expect((await waiting([task({status: 'failed'})]).wait()).status).toBe('failed');
	});

	test('does not end with an unknown status', async () => {
		const {wait, changes} = waiting([task({status: 'reviewing'}), done]);
		await wait();
		expect(changes).toEqual(['reviewing', 'succeed']);
	});

	test('continues after temporary errors, ever slower', async () => {
		const {wait, clock, troubles} = waiting([down, down, down, down, done]);
		await wait();
		expect(troubles).toHaveLength(4);
		expect(clock.sleeps).toEqual([1000, 4000, 12_000, 60_000]);
	});

	test('pauses as long as a busy server asks, up to a minute', async () => {
		const busy = (seconds: number) =>
			new KlingError('rate_limit', 'too fast', {api_code: 1302, retryAfterMs: seconds * 1000});
		const {wait, clock} = waiting([busy(20), busy(3600), running, done]);
		await wait();
		expect(clock.sleeps).toEqual([20_000, 60_000, 3000]);
	});

	test('ends with a permanent error', async () => {
		await expect(waiting([running, notFound]).wait()).rejects.toMatchObject({code: 'task_not_found'});
	});

	test('gives up at the deadline, and says how to resume', async () => {
		const {wait, clock, looked} = waiting(Array<Answer>(100).fill(running), {timeoutMs: 20_000});
		const start = clock.now();
		const error = await wait().catch((reason: unknown) => reason as KlingError);
		expect(error).toMatchObject({code: 'wait_timeout', exit: 8});
		expect((error as KlingError).toDocument().error).toMatchObject({
			task_id: 't1',
			status: 'processing',
			hint: expect.stringContaining('kling video wait t1 --type create'),
			retryable: true,
		});
		// The last poll is at the deadline, not before it.
		expect(clock.now() - start).toBe(20_000);
		expect(looked.length).toBeGreaterThan(4);
	});

	test('that is interrupted reports the last status and how to resume', async () => {
		const {wait, abort, changes, looked} = waiting(Array<Answer>(100).fill(running));
		changes.push = () => {
			abort.abort(new KlingError('interrupted', 'Stopped by SIGINT'));
			return 0;
		};
		const error = await wait().catch((reason: unknown) => reason as KlingError);
		expect((error as KlingError).toDocument().error).toMatchObject({
			code: 'interrupted',
			task_id: 't1',
			status: 'processing',
			hint: expect.stringContaining('kling video wait t1 --type create'),
		});
		expect(looked).toHaveLength(1);
	});
});
