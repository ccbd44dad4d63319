import {describe, expect, test} from 'vitest';
import type {Task} from '../../../src/lib/api/task.js';
import type {Clock} from '../../../src/lib/system/clock.js';
import {definitions} from '../../../src/lib/task-types/index.js';
import {createTypeRegistry} from '../../../src/lib/task-types/registry.js';
import {waitForTask} from '../../../src/lib/tasks/poll.js';
import {createSharedPause, pollTogether} from '../../../src/lib/tasks/poll-together.js';
import {fakeClient, task} from '../../support/session.js';
import {virtualClock} from '../../support/virtual-clock.js';

const types = createTypeRegistry(definitions);
const never = new AbortController().signal;

/** An account whose tasks end at the third poll; each response takes a while. */
function account(clock: Clock, {tasks, responseMs}: {tasks: readonly string[]; responseMs: number}) {
	const looks = new Map<string, number>();
	const asked = {pages: 0, alone: 0};
	const show = (id: string): Task => {
		looks.set(id, (looks.get(id) ?? 0) + 1);
		return task({id, status: (looks.get(id) ?? 0) < 3 ? 'processing' : 'succeed'});
	};
	const client = {
		...fakeClient([]).client,
		async getTask(_path: string, id: string) {
			asked.alone++;
			await clock.sleep(responseMs);
			return show(id);
		},
		async listTasks(_path: string, {number, size}: {number: number; size: number}) {
			asked.pages++;
			await clock.sleep(responseMs);
			return tasks.slice((number - 1) * size, number * size).map(show);
		},
	};
	return {client, asked};
}

/**
 * Waits for tasks in one command.
 * @param lagMs delay of each task relative to the previous one, as on a slow machine
 */
async function waitForAll(count: number, {responseMs, lagMs}: {responseMs: number; lagMs: number}) {
	const clock = virtualClock();
	const ids = Array.from({length: count}, (_, index) => `t${index}`);
	const {client, asked} = account(clock, {tasks: ids, responseMs});
	const session = {client, types, clock, random: () => 0.5, api: {choice: 'auto', hasApiKey: false}} as const;
	const {lookUp, random, pause} = pollTogether(session);
	const start = clock.now();
	const statuses = await Promise.all(
		ids.map(async (id, index) => {
			const ended = await waitForTask(
				async (address, signal) => {
					const found = await lookUp(address, signal);
					if (lagMs > 0) await clock.sleep(index * lagMs);
					return found;
				},
				{id, type: 'create'},
				{
					...{clock, random, pause, signal: never, deadline: start + 3_600_000, resume: () => ''},
					onStatus: () => {},
					onTrouble: () => {},
				},
			);
			return ended.status;
		}),
	);
	expect(new Set(statuses)).toEqual(new Set(['succeed']));
	return {asked, seconds: (clock.now() - start) / 1000};
}

describe('tasks that are waited for together', () => {
	test.each([
		['where all answer at once', {responseMs: 0, lagMs: 0}],
		['with slow responses', {responseMs: 3000, lagMs: 0}],
		['on a slow machine', {responseMs: 50, lagMs: 0.5}],
		['on a machine that is slower than the pauses are long', {responseMs: 1000, lagMs: 2}],
	])('take two pages of 500 in each of three rounds %s', async (_, how) => {
		const {asked} = await waitForAll(1000, how);
		expect(asked.alone).toBe(0);
		expect(asked.pages).toBeLessThanOrEqual(2 * 3 * (how.lagMs > 1 ? 2 : 1));
	});

	test('are not polled later than on their own', async () => {
		// Three polls: the pauses are one second and two.
		const {seconds} = await waitForAll(8, {responseMs: 100, lagMs: 0});
		expect(seconds).toBeCloseTo(3 + 3 * 0.125, 1);
	});
});

describe('a shared pause', () => {
	const pauses = () => {
		const clock = virtualClock();
		const start = clock.now();
		const pause = createSharedPause(clock);
		return {clock, pause: (ms: number, signal = never) => pause(ms, signal).then(() => clock.now() - start)};
	};

	test('ends with another once half of it has passed, and not sooner', async () => {
		const {pause} = pauses();
		expect(await Promise.all([pause(1000), pause(1999), pause(2001), pause(4002)])).toEqual([
			1000, 1000, 2001, 2001,
		]);
	});

	test('that is shorter than the others ends on time', async () => {
		const {pause} = pauses();
		expect(await Promise.all([pause(5000), pause(100)])).toEqual([5000, 100]);
	});

	test('ends with its signal, and leaves no timer behind', async () => {
		const {clock, pause} = pauses();
		const stop = new AbortController();
		const stopped = pause(60_000, stop.signal);
		const reason = new Error('stopped');
		await clock.sleep(10);
		stop.abort(reason);
		await expect(stopped).rejects.toBe(reason);
		await expect(pause(60_000, stop.signal)).rejects.toBe(reason);
		await clock.sleep(20);
		expect(await pause(10)).toBe(40);
	});
});
