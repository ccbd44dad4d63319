import {getEventListeners} from 'node:events';
import {describe, expect, onTestFinished, test} from 'vitest';
import {waitLimit} from '../../../src/lib/tasks/wait-limit.js';
import {simulatedClock} from '../../support/simulated-clock.js';

const never = () => new Promise<never>(() => {});
const reason = (promise: Promise<unknown>) =>
	promise.then(
		() => undefined,
		(error: unknown) => error,
	);

describe('the limit that waits share', () => {
	test('ends all of them shortly after the deadline', async () => {
		const clock = simulatedClock();
		const limit = waitLimit(clock, clock.now() + 60_000, new AbortController().signal);
		const waits = Promise.all([1, 2, 3].map(() => reason(limit.unlessEnded(never()))));
		clock.skip(60_000);
		expect(limit.isLate()).toBe(false);
		clock.skip(2000);
		expect(limit.isLate()).toBe(true);
		expect(new Set(await waits)).toEqual(new Set([limit.end.reason]));
	});

	test('ends all of them when they are cancelled, and those that begin later', async () => {
		const clock = simulatedClock();
		const stop = new AbortController();
		const limit = waitLimit(clock, clock.now() + 60_000, stop.signal);
		const wait = reason(limit.unlessEnded(never()));
		stop.abort('enough');
		expect(await wait).toBe('enough');
		expect(await reason(limit.unlessEnded(never()))).toBe('enough');
		expect(limit).toMatchObject({end: {aborted: true, reason: 'enough'}});
		expect(limit.isLate()).toBe(false);
	});

	test('changes nothing for what is done before', async () => {
		const clock = simulatedClock();
		const limit = waitLimit(clock, clock.now() + 60_000, new AbortController().signal);
		expect(await limit.unlessEnded(Promise.resolve('done'))).toBe('done');
		expect(await reason(limit.unlessEnded(Promise.reject('failed')))).toBe('failed');
	});

	test('lets any number of tasks listen to its end without a warning', async () => {
		const clock = simulatedClock();
		const warnings: Error[] = [];
		const warn = (warning: Error) => warnings.push(warning);
		process.on('warning', warn);
		onTestFinished(() => void process.off('warning', warn));
		const {end} = waitLimit(clock, clock.now() + 60_000, new AbortController().signal);
		for (let task = 0; task < 300; task++) end.addEventListener('abort', () => {});
		await new Promise(setImmediate);
		expect(warnings).toEqual([]);
	});

	test('follows nothing once it is released', () => {
		const clock = simulatedClock();
		const stop = new AbortController();
		const limit = waitLimit(clock, clock.now() + 60_000, stop.signal);
		limit.release();
		expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
		clock.skip(120_000);
		expect(limit.isLate()).toBe(false);
	});
});
