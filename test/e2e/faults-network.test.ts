import {describe, expect, test} from 'vitest';
import {rehearse} from '../support/rehearsal.js';

/**
 * What a user sees when a server is silent or its clock differs; docs/reliability.md refers to these tests.
 */
const create = ['video', 'create', 'a red fox', '--external-id', 'mine'];
const seed = '900000000000000101';
const status = ['video', 'status', seed];
/** Where the next response comes in time, also on a busy machine. */
const patient = ['--request-timeout', '4s'];
const impatient = ['--request-timeout', '250ms'];
const always = 'always' as const;

describe.concurrent('a server that never responds', () => {
	test('create: stall makes one task, found by its external id', async () => {
		const {run, sandbox, struck} = await rehearse(['stall']);
		const {code, stdout, stderr} = await run(...create, ...patient);
		const tasks = sandbox.tasks();
		expect({code, struck, held: tasks.length}).toEqual({code: 0, struck: ['stall'], held: 1});
		expect(JSON.parse(stdout)).toMatchObject({success: true, task_id: tasks[0]?.id});
		expect(stderr).toContain('The response was lost; looking for the external id mine');
	});

	test('create: stall:always is submit_unknown, exit 11', async () => {
		const {fails, sandbox} = await rehearse([{fault: 'stall', times: always}]);
		const error = await fails(11, ...create, ...impatient);
		expect(error).toMatchObject({code: 'submit_unknown', external_task_id: 'mine', retryable: false});
		expect(sandbox.tasks()).toHaveLength(1);
	});

	test('read: stall once is retried', async () => {
		const {run, struck} = await rehearse(['stall']);
		expect(await run(...status, ...patient)).toMatchObject({code: 0});
		expect(struck).toEqual(['stall']);
	});

	test('read: stall:always is timeout, exit 5', async () => {
		const {fails} = await rehearse([{fault: 'stall', times: always}]);
		expect(await fails(5, ...status, ...impatient)).toMatchObject({code: 'timeout', retryable: true});
	});
});

describe.concurrent('a wrong clock is corrected once, with a note', () => {
	test.each(['clock-ahead', 'clock-behind'] as const)('read: %s', async (fault) => {
		const {run, struck} = await rehearse([fault]);
		const {code, stdout, stderr} = await run(...status);
		expect({code, struck}).toEqual({code: 0, struck: [fault, fault]});
		expect(JSON.parse(stdout)).toMatchObject({success: true, task_id: seed, status: 'succeed'});
		expect(stderr).toMatch(/clock/i);
	});

	test.each(['clock-ahead', 'clock-behind'] as const)('create: %s makes one task', async (fault) => {
		const {run, sandbox} = await rehearse([fault]);
		expect(await run(...create)).toMatchObject({code: 0, stderr: expect.stringMatching(/clock/i)});
		expect(sandbox.tasks()).toHaveLength(1);
	});

	test('read: clock-ahead:1 cannot be corrected, and causes no loop', async () => {
		const {fails, struck} = await rehearse({
			steps: [{fault: 'clock-ahead', times: 1}, {fault: 'clock-behind'}],
		});
		expect(await fails(4, ...status)).toMatchObject({
			code: 'invalid_api_key',
			hint: expect.stringMatching(/clock/),
		});
		expect(struck.length).toBeLessThan(4);
	});
});

test('wait: stall:always ends at the deadline of the wait, exit 8', async () => {
	const {fails} = await rehearse([{fault: 'stall', times: always}]);
	const error = await fails(8, 'video', 'wait', seed, '--timeout', '2s');
	expect(error).toMatchObject({code: 'wait_timeout', task_id: seed});
});
