import {describe, expect, test} from 'vitest';
import {runJobs} from '../../../src/lib/batch/scheduler.js';
import type {Phase, Schedulable, SchedulerOptions} from '../../../src/lib/batch/scheduler-types.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {virtualClock} from '../../support/virtual-clock.js';

interface Shot extends Schedulable {
	seconds: number;
	/** Why it fails, at once or in the end. */
	refused?: KlingError[];
	failed?: KlingError;
	unsaved?: KlingError;
}

const shots = (count: number, seconds = 100): Shot[] =>
	Array.from({length: count}, (_, index) => ({key: `s${index}`, needs: [], height: 0, seconds}));

const full = new KlingError('rate_limit', 'parallel task over resource pack limit', {
	api_code: 1303,
	retryable: true,
});
const policy = new KlingError('content_policy', 'Failure to pass the risk control system');

/** A Kling with slots, whose tasks take time; submissions take half a second and ends are seen up to 3 s late. */
async function run(
	jobs: Shot[],
	{slots = () => 5, ...options}: Partial<SchedulerOptions<Shot>> & {slots?: (now: number) => number} = {},
) {
	const clock = virtualClock();
	const log: string[] = [];
	const running = new Set<string>();
	let refusals = 0;
	let most = 0;
	const start = clock.now();
	const controller = new AbortController();
	let seed = 1;
	const random = () => {
		seed = (seed * 16_807) % 2_147_483_647;
		return seed / 2_147_483_647;
	};
	const outcome = await runJobs<Shot>({
		jobs,
		clock,
		random,
		signal: controller.signal,
		onPhase: (job, phase) => void log.push(`${job.key} ${phase}`),
		steps: {
			poolOf: () => 'one',
			exists: () => false,
			async submit(job) {
				await clock.sleep(500);
				const refusal = job.refused?.shift();
				if (refusal) throw refusal;
				if (running.size >= slots(clock.now() - start)) {
					refusals++;
					throw full;
				}
				running.add(job.key);
				most = Math.max(most, running.size);
				void clock.sleep(job.seconds * 1000).then(() => running.delete(job.key));
			},
			async follow(job) {
				await clock.sleep(job.seconds * 1000 + 3000 * random());
				if (job.failed) throw job.failed;
			},
			async save(job) {
				await clock.sleep(2000);
				if (job.unsaved) throw job.unsaved;
			},
		},
		...options,
	});
	const phaseOf = (key: string): Phase | undefined =>
		outcome.phases.get(jobs.find((job) => job.key === key) as Shot);
	return {outcome, phaseOf, log, refusals, most, seconds: (clock.now() - start) / 1000, controller};
}

describe('slots', () => {
	test('are always in use: 200 equal tasks on 5 slots take at most 5 % more than the ideal', async () => {
		const {seconds, outcome, refusals} = await run(shots(200));
		expect([...outcome.phases.values()].every((phase) => phase === 'done')).toBe(true);
		expect(seconds / ((200 * 100) / 5)).toBeLessThanOrEqual(1.05);
		// Refusals cost nothing, but are no way to live.
		expect(refusals).toBeLessThan(60);
	});

	test('that others use are waited for, and used again within minutes after they are free', async () => {
		const {seconds, outcome} = await run(shots(50), {slots: (now) => (now < 600_000 ? 1 : 5)});
		expect([...outcome.phases.values()].every((phase) => phase === 'done')).toBe(true);
		expect(seconds).toBeLessThan(600 + 300 + (44 * 100) / 5 + 100);
	});

	test('that are all used by others are tried with growing pauses', async () => {
		const {seconds, refusals} = await run(shots(1), {slots: (now) => (now < 3_600_000 ? 0 : 1)});
		// At most every half a minute.
		expect(seconds).toBeLessThan(3600 + 140);
		expect(refusals).toBeLessThan(200);
	});

	test('never exceed the given limit', async () => {
		const {most, refusals} = await run(shots(20), {maxJobs: 2});
		expect({most, refusals}).toEqual({most: 2, refusals: 0});
	});

	test('that are bought meanwhile are found', async () => {
		const {most} = await run(shots(100), {slots: (now) => (now < 600_000 ? 5 : 10)});
		expect(most).toBe(10);
	});
});

describe('a shot that fails', () => {
	test('stops only those that need it', async () => {
		const jobs = shots(5);
		const [first, second, third] = jobs as [Shot, Shot, Shot];
		first.failed = policy;
		second.needs = ['s0'];
		third.needs = ['s1'];
		const {phaseOf, outcome} = await run(jobs);
		expect(jobs.map(({key}) => phaseOf(key))).toEqual(['failed', 'skipped', 'skipped', 'done', 'done']);
		expect(outcome.errors.get(first)).toBe(policy);
		expect(outcome.errors.get(second)?.said).toBe('It needs s0, which failed');
		expect(outcome.stopped).toBeUndefined();
	});

	test('stops those that need it, whatever their order in the list', async () => {
		const jobs = shots(3);
		const [last, middle, first] = jobs as [Shot, Shot, Shot];
		last.needs = ['s1'];
		middle.needs = ['s2'];
		first.failed = policy;
		const {phaseOf} = await run(jobs);
		expect(jobs.map(({key}) => phaseOf(key))).toEqual(['skipped', 'skipped', 'failed']);
	});

	test('stops new ones after the allowed number; running ones are followed and saved', async () => {
		const jobs = shots(20);
		for (const job of jobs.slice(0, 2)) job.refused = [policy];
		const {outcome, log} = await run(jobs, {maxFailures: 2, maxJobs: 4});
		expect(outcome.stopped?.code).toBe('batch_failed');
		const phases = [...outcome.phases.values()];
		expect(phases.filter((phase) => phase === 'failed').length).toBe(2);
		expect(phases.filter((phase) => phase === 'done').length).toBe(2);
		expect(log.filter((line) => line.endsWith('submitting')).length).toBe(4);
	});

	test('before the batch began also counts for those that need it', async () => {
		const jobs = shots(2);
		(jobs[1] as Shot).needs = ['gone'];
		const {phaseOf} = await run(jobs, {failed: new Set(['gone'])});
		expect([phaseOf('s0'), phaseOf('s1')]).toEqual(['done', 'skipped']);
	});
});

describe('temporary trouble', () => {
	const down = new KlingError('connection_error', 'Cannot reach kling.invalid');
	const unknown = new KlingError('submit_unknown', 'Kling may have made the task', {retryable: false});

	test('is waited out: the network, and lost responses', async () => {
		const [job] = shots(1) as [Shot];
		job.refused = [down, down, unknown, down];
		const troubles: string[] = [];
		const {phaseOf} = await run([job], {onTrouble: ({code}) => void troubles.push(code)});
		expect(phaseOf('s0')).toBe('done');
		expect(troubles).toEqual(['connection_error', 'connection_error', 'submit_unknown', 'connection_error']);
	});

	test('ends the run after twenty times, and the shots are left to the next run', async () => {
		const [job] = shots(1) as [Shot];
		job.refused = Array.from({length: 30}, () => down);
		const {phaseOf, outcome, seconds} = await run([job]);
		expect(phaseOf('s0')).toBe('waiting');
		expect(outcome.stopped).toBe(down);
		expect(seconds).toBeGreaterThan(600);
	});
});

describe('a run ends', () => {
	test.each([
		['credentials', new KlingError('invalid_api_key', 'signature')],
		['an empty account', new KlingError('quota_exceeded', 'resource pack is empty')],
	])('at once for %s, and submits nothing more', async (_, error) => {
		const jobs = shots(10);
		(jobs[1] as Shot).refused = [error];
		const {outcome, log} = await run(jobs, {maxJobs: 1});
		expect(outcome.stopped).toBe(error);
		expect(log.filter((line) => line.endsWith('submitting')).length).toBe(2);
		expect(outcome.phases.get(jobs[1] as Shot)).toBe('waiting');
	});

	test('for a full disk, and leaves running tasks to the next run', async () => {
		const jobs = shots(10);
		(jobs[0] as Shot).unsaved = new KlingError('disk_full', 'Cannot write s0.mp4');
		(jobs[1] as Shot).seconds = 100_000;
		const {outcome, seconds} = await run(jobs, {maxJobs: 2});
		expect(outcome.stopped?.code).toBe('disk_full');
		expect(seconds).toBeLessThan(200);
	});

	test('when the time is up', async () => {
		const jobs = shots(10);
		const clock = virtualClock();
		const {outcome, seconds} = await run(jobs, {deadline: clock.now() + 150_000});
		expect(outcome.stopped?.code).toBe('wait_timeout');
		expect(seconds).toBe(150);
	});

	test('if it is interrupted, after work in progress', async () => {
		const stop = new AbortController();
		const jobs = shots(10);
		const running = run(jobs, {
			signal: stop.signal,
			onPhase(job, phase) {
				if (job.key === 's3' && phase === 'submitting')
					stop.abort(new KlingError('interrupted', 'Stopped by SIGINT'));
			},
		});
		const {outcome} = await running;
		expect(outcome.stopped?.code).toBe('interrupted');
		expect([...outcome.phases.values()].includes('submitting')).toBe(false);
	});
});

test('shots that many others wait for come first, and a chain is not held up by others', async () => {
	const jobs = shots(12);
	// s9 → s10 → s11
	Object.assign(jobs[9] as Shot, {height: 2});
	Object.assign(jobs[10] as Shot, {height: 1, needs: ['s9']});
	Object.assign(jobs[11] as Shot, {height: 0, needs: ['s10']});
	const {log, seconds} = await run(jobs);
	expect(log[0]).toBe('s9 submitting');
	expect(seconds).toBeLessThan(330);
});
