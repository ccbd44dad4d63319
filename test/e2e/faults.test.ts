import {describe, expect, test} from 'vitest';
import type {FaultName} from '../../src/sandbox/faults.js';
import {controls, rehearse} from '../support/rehearsal.js';

/** What a user sees when the API fails, for each fault of the sandbox; docs/reliability.md points here. */
const create = ['video', 'create', 'a red fox', '--external-id', 'mine'];
/** A task that exists from the start, and has succeeded. */
const seed = '900000000000000101';
const status = ['video', 'status', seed];
const always = 'always' as const;

describe.concurrent('a submission whose response is lost or damaged is looked up: one task, exit 0', () => {
	test.each([
		'lost-answer',
		'late-task',
		'bad-gateway',
		'server-timeout',
		'cut-json',
		'huge-json',
		'wrong-shape',
	] as const)('create: %s', async (fault) => {
		const {run, sandbox, struck} = await rehearse([fault]);
		const {code, stdout, stderr} = await run(...create);
		const tasks = sandbox.tasks();
		expect({code, struck, held: tasks.length}).toEqual({code: 0, struck: [fault], held: 1});
		expect(JSON.parse(stdout)).toEqual({
			success: true,
			task_id: tasks[0]?.id,
			status: expect.stringMatching(/submitted|processing|succeed/),
		});
		expect(stderr).toContain('The response was lost; looking for the external id mine');
	});
});

describe.concurrent('a submission whose outcome is unknown is submit_unknown, exit 11, and reconcile finds it', () => {
	test.each(['reset', 'server-error', 'maintenance'] as const)('create: %s', async (fault) => {
		const {fails, succeeds, sandbox, struck} = await rehearse([fault]);
		const error = await fails(11, ...create);
		expect(error).toMatchObject({code: 'submit_unknown', external_task_id: 'mine', retryable: false});
		expect(error.hint).toContain('kling video reconcile mine');
		expect({struck, held: sandbox.tasks()}).toEqual({struck: [fault], held: []});
		expect(await succeeds('video', 'reconcile', 'mine')).toMatchObject({submissions: [{exists: false}]});
		// The same command line again makes the one task.
		await succeeds(...create);
		expect(sandbox.tasks()).toHaveLength(1);
	});
});

describe.concurrent('a submission for which Kling has no capacity is sent again unchanged', () => {
	test.each(['rate-limit', 'no-slot'] as const)('create: %s', async (fault) => {
		const {run, sandbox, struck} = await rehearse([{fault, times: 3}]);
		const {code, stderr} = await run(...create);
		expect({code, struck}).toEqual({code: 0, struck: [fault, fault, fault]});
		expect(stderr).toContain('Waiting for room');
		expect(sandbox.tasks().map(({externalId}) => externalId)).toEqual(['mine']);
	});

	test('create: no-slot:always ends at the deadline with rate_limit, exit 6, and no task', async () => {
		const {fails, sandbox} = await rehearse([{fault: 'no-slot', times: always}]);
		const error = await fails(6, ...create, '--wait', '--timeout', '3s');
		expect(error).toMatchObject({code: 'rate_limit', api_code: 1303});
		expect(sandbox.tasks()).toEqual([]);
	});
});

test.concurrent('create: no-balance is quota_exceeded, exit 7, at once, and no task', async () => {
	const {fails, sandbox, struck} = await rehearse([{fault: 'no-balance', times: always}]);
	const error = await fails(7, ...create);
	expect(error).toMatchObject({code: 'quota_exceeded', api_code: 1102, retryable: false});
	expect({struck, held: sandbox.tasks()}).toEqual({struck: ['no-balance'], held: []});
});

test.concurrent('create: slow-answer is waited for', async () => {
	const {run, sandbox, struck} = await rehearse(['slow-answer']);
	expect(await run(...create)).toMatchObject({code: 0, stderr: ''});
	expect({struck, held: sandbox.tasks().length}).toEqual({struck: ['slow-answer'], held: 1});
});

describe.concurrent('a read that fails twice is retried without a word', () => {
	test.each([
		[['reset', 'bad-gateway']],
		[['rate-limit', 'server-timeout']],
		[['server-error', 'maintenance']],
	] satisfies [FaultName[]][])('read: %j', async (faults) => {
		const {run, struck} = await rehearse(faults);
		const {code, stdout, stderr} = await run(...status);
		expect({code, stderr, struck}).toEqual({code: 0, stderr: '', struck: faults});
		expect(JSON.parse(stdout)).toMatchObject({success: true, task_id: seed, status: 'succeed'});
	});
});

describe.concurrent('a read that fails three times is an error that may be retried', () => {
	test.each([
		['reset', 5, 'connection_error'],
		['rate-limit', 6, 'rate_limit'],
		['server-error', 5, 'server_error'],
		['bad-gateway', 5, 'server_error'],
		['maintenance', 5, 'server_overloaded'],
		['server-timeout', 5, 'timeout'],
	] as const)('read: %s:always is exit %i, %s', async (fault, exit, code) => {
		const {fails, struck} = await rehearse([{fault, times: always}]);
		expect(await fails(exit, ...status)).toMatchObject({code, retryable: true});
		expect(struck).toEqual([fault, fault, fault]);
	});
});

describe.concurrent('a read with an unusable response is response_error, exit 12, and says why', () => {
	test.each([
		[
			'cut-json',
			/^The response \(HTTP 200, application\/json;charset=utf-8\) is not JSON, beginning: \{"code":0/,
		],
		['huge-json', /larger than 10 MB/],
		['wrong-shape', /has an unexpected shape: data must be object/],
	] as const)('read: %s', async (fault, message) => {
		const {fails} = await rehearse([{fault, times: always}]);
		const error = await fails(12, ...status);
		expect(error).toMatchObject({code: 'response_error', message: expect.stringMatching(message)});
		expect(error.message.length).toBeLessThan(400);
	});
});

describe.concurrent('a server’s texts cannot control the terminal', () => {
	test.each([
		[['video', 'status', seed, '-v', '--human']],
		[['video', 'list', '--human']],
		[['video', 'create', 'a fox', '--human']],
		[['video', 'wait', seed, '--timeout', '3s', '--human']],
		[['video', 'status', 'no-such-task', '--human']],
	])('read: hostile-text %j', async (args) => {
		const {run, struck} = await rehearse([{fault: 'hostile-text', times: always}]);
		const {stdout, stderr} = await run(...args);
		expect(struck.length).toBeGreaterThan(0);
		expect(stdout + stderr).not.toMatch(controls);
		expect(stdout + stderr).toContain('\\u001b[2J');
	});
});
