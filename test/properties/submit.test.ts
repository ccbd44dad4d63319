import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createClient} from '../../src/lib/api/client.js';
import {KlingError} from '../../src/lib/errors/kling-error.js';
import {submitTask} from '../../src/lib/tasks/submit.js';
import {type FaultName, faultNames, faultOf} from '../../src/sandbox/faults.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {fakeClock, fakeSession} from '../support/session.js';

/** Whatever fails on the way, a submission makes at most one task, and knows when it made none. */
const clock = fakeClock();
let sandbox: Sandbox;
let coming: (FaultName | undefined)[] = [];

beforeAll(async () => {
	sandbox = await startSandbox({
		slots: 1_000_000,
		now: () => Math.floor(clock.now()),
		faults: {
			next({server, method}) {
				const fault = server === 'api' ? coming.shift() : undefined;
				return fault !== undefined && faultOf(fault).at === 'create' && method !== 'POST' ? undefined : fault;
			},
		},
	});
});
afterAll(() => sandbox.close());

// Faults that take real time, which no simulated clock can skip.
const slow: FaultName[] = ['stall', 'slow-answer', 'huge-json'];
const usable = faultNames.filter(
	(name) => ['api', 'create'].includes(faultOf(name).at) && !slow.includes(name),
);

const sequence = fc.array(fc.option(fc.constantFrom(...usable), {nil: undefined, freq: 6}), {maxLength: 10});

/** Submits on a machine with its own journal. Called again, it is another process with the same journal. */
function machine() {
	const {baseUrl, accessKey, secretKey} = sandbox;
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-machine-'));
	return (externalId?: string) => {
		const client = createClient({baseUrl: new URL(baseUrl), credentials: {accessKey, secretKey}, clock});
		const {session} = fakeSession(client, {folder});
		return submitTask(
			{...session, clock},
			'extend',
			{video_id: '900000000123456205'},
			{externalId, deadline: clock.now() + 60_000},
		).then(
			(task) => ({id: task.id, error: undefined}),
			(error: unknown) => {
				if (!(error instanceof KlingError)) throw error;
				return {id: undefined, error};
			},
		);
	};
}

test('without an external id: one task, or none if the error says so', async () => {
	const outcomes = new Map<string, number>();
	await fc.assert(
		fc.asyncProperty(sequence, async (faults) => {
			const before = sandbox.tasks().length;
			coming = [...faults];
			const {id, error} = await machine()();
			coming = [];
			const made = sandbox.tasks().slice(before);
			const outcome = error?.code ?? 'made';
			outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
			if (id !== undefined) expect(made.map((task) => task.id)).toEqual([id]);
			else expect(made.length).toBeLessThanOrEqual(error?.code === 'submit_unknown' ? 1 : 0);
		}),
		{seed: 11, numRuns: 120},
	);
	expect([...outcomes.keys()]).toEqual(expect.arrayContaining(['made', 'submit_unknown', 'quota_exceeded']));
});

test('with an external id, repeated here and on another machine: one task', async () => {
	let run = 0;
	await fc.assert(
		fc.asyncProperty(fc.array(sequence, {minLength: 2, maxLength: 4}), async (sequences) => {
			const externalId = `run-${run++}`;
			const here = machine();
			for (const faults of sequences) {
				coming = [...faults];
				await here(externalId);
			}
			coming = [];
			const last = [await here(externalId), await machine()(externalId)];
			const made = sandbox.tasks().filter((task) => task.externalId === externalId);
			expect(made).toHaveLength(1);
			expect(last).toEqual(Array(2).fill({id: made[0]?.id, error: undefined}));
		}),
		{seed: 12, numRuns: 40},
	);
});
