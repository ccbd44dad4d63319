import {mkdtempSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, test, vi} from 'vitest';
import {waitForTask} from '../../../src/lib/tasks/poll.js';
import {announceEnd, createTaskEnds} from '../../../src/lib/tasks/task-ends.js';
import {task} from '../../support/session.js';
import {virtualClock} from '../../support/virtual-clock.js';

const folder = () => mkdtempSync(path.join(tmpdir(), 'kling-wakes-'));

describe('a task that has ended according to a callback', () => {
	test('wakes those that wait for it, by either id, and no others', async () => {
		const account = path.join(folder(), 'account');
		const taskEnds = createTaskEnds(account);
		const woken: string[] = [];
		const waits = ['t1', 'fox-1', 't2'].map((id) => {
			const wake = taskEnds.listen(id);
			wake.next(() => woken.push(id));
			return wake;
		});
		announceEnd(account, {id: 't1', externalId: 'fox-1'});
		await vi.waitFor(() => expect(woken.sort()).toEqual(['fox-1', 't1']), 30_000);
		for (const wake of waits) wake.end();
		expect(statSync(path.join(account, 'ended.ndjson')).mode & 0o077).toBe(0);
	});

	test('wakes at once when nobody was listening', async () => {
		const account = folder();
		const taskEnds = createTaskEnds(account);
		const wake = taskEnds.listen('t1');
		const other = taskEnds.listen('t1');
		const noticed = new Promise<void>((resolve) => other.next(resolve));
		announceEnd(account, {id: 't1'});
		await noticed;
		let isWoken = false;
		wake.next(() => {
			isWoken = true;
		});
		expect(isWoken).toBe(true);
		wake.end();
		other.end();
	});

	test('before the wait began does not wake it', async () => {
		const account = folder();
		announceEnd(account, {id: 't1'});
		const taskEnds = createTaskEnds(account);
		const wake = taskEnds.listen('t1');
		const woken = vi.fn();
		wake.next(woken);
		const other = taskEnds.listen('t2');
		const noticed = new Promise<void>((resolve) => other.next(resolve));
		announceEnd(account, {id: 't2'});
		await noticed;
		expect(woken).not.toHaveBeenCalled();
		wake.end();
		other.end();
	});

	test('is noticed after the file was started anew, and among damaged lines', async () => {
		const account = folder();
		const file = path.join(account, 'ended.ndjson');
		writeFileSync(file, 'x'.repeat(100_001));
		const wake = createTaskEnds(account).listen('t1');
		const woken = vi.fn();
		wake.next(woken);
		writeFileSync(file, `${'x'.repeat(100_001)}\n{"t1"\n[1]\n`);
		announceEnd(account, {id: 't1'});
		await vi.waitFor(() => expect(woken).toHaveBeenCalledOnce(), 30_000);
		expect(statSync(file).size).toBeLessThan(100);
		wake.end();
	});
});

describe('a wait that is woken', () => {
	const running = task({status: 'processing'});
	const done = task({status: 'succeed'});

	/** Wakes after a number of milliseconds of the clock. */
	async function wait(wakeAt: number, answers: (typeof running)[]) {
		const clock = virtualClock();
		const start = clock.now();
		const asked: number[] = [];
		const ended = await waitForTask(
			async () => {
				asked.push(clock.now() - start);
				return answers[Math.min(asked.length, answers.length) - 1] ?? running;
			},
			{id: 't1', type: 'create'},
			{
				clock,
				random: () => 0.5,
				deadline: start + 3_600_000,
				intervalMs: undefined,
				signal: new AbortController().signal,
				resume: () => '',
				onStatus: () => {},
				onTrouble: () => {},
				wake: {
					next(call) {
						const left = wakeAt - (clock.now() - start);
						if (call && left > 0) clock.sleep(left).then(call);
					},
					end: () => {},
				},
			},
		);
		return {asked, status: ended.status};
	}

	test('polls Kling at once, and ends', async () => {
		expect(await wait(300, [running, done])).toEqual({asked: [0, 300], status: 'succeed'});
	});

	test('polls again soon when Kling does not know of the end yet', async () => {
		const {asked} = await wait(300, [running, running, running, done]);
		expect(asked).toEqual([0, 300, 1300, 3300]);
	});
});
