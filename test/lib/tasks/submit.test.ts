import {describe, expect, test} from 'vitest';
import type {KlingClient} from '../../../src/lib/api/client.js';
import type {Task} from '../../../src/lib/api/task.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {submitTask} from '../../../src/lib/tasks/submit.js';

const made: Task = {id: 't1', status: 'submitted', videos: [], audios: []};
const lost = new KlingError('server_error', 'Server internal error', {api_code: 5000, maybeSubmitted: true});
const missing = new KlingError('task_not_found', 'Task not found by id/external id: x', {api_code: 1201});

/** A client that creates and looks up as told, and counts. */
function account(create: Task | KlingError, ...lookups: (Task | KlingError)[]) {
	const calls = {created: [] as object[], lookedUp: [] as string[]};
	const give = (answer: Task | KlingError | undefined) => {
		if (answer === undefined || answer instanceof KlingError) throw answer ?? missing;
		return answer;
	};
	const client: KlingClient = {
		async createTask(_, body) {
			calls.created.push(body);
			return give(create);
		},
		async getTask(path, id) {
			calls.lookedUp.push(`${path}/${id}`);
			return give(lookups.shift());
		},
		listTasks: async () => [],
	};
	const sleeps: number[] = [];
	const clock = {now: () => 0, sleep: async (ms: number) => void sleeps.push(ms)};
	return {
		calls,
		sleeps,
		submit: () => submitTask(client, 'extend', {video_id: 'v'}, {clock, externalId: 'mine'}),
	};
}

describe('a submit', () => {
	test('carries its external id', async () => {
		const {calls, submit} = account(made);
		expect(await submit()).toBe(made);
		expect(calls).toEqual({created: [{video_id: 'v', external_task_id: 'mine'}], lookedUp: []});
	});

	test('whose answer was lost is looked up, not sent again', async () => {
		const {calls, submit} = account(lost, made);
		expect(await submit()).toBe(made);
		expect(calls.created).toHaveLength(1);
		expect(calls.lookedUp).toEqual(['/v1/videos/video-extend/mine']);
	});

	test('whose task appears late is found', async () => {
		const {calls, sleeps, submit} = account(lost, missing, missing, made);
		expect(await submit()).toBe(made);
		expect(calls.created).toHaveLength(1);
		expect(sleeps).toEqual([0, 1000, 2000]);
	});

	test('that nobody can tell of is submit_unknown, with the way to settle it', async () => {
		const {calls, submit} = account(lost);
		const error = await submit().catch((reason: unknown) => reason);
		expect(error).toMatchObject({code: 'submit_unknown', exit: 11, retryable: false});
		expect((error as KlingError).toDocument().error).toMatchObject({
			message: expect.stringContaining('mine'),
			hint: expect.stringContaining('kling video status mine --type extend'),
			external_task_id: 'mine',
		});
		expect(calls.created).toHaveLength(1);
	});

	test('that Kling refuses is not looked up', async () => {
		const {calls, submit} = account(new KlingError('rate_limit', 'full', {api_code: 1303}));
		await expect(submit()).rejects.toMatchObject({code: 'rate_limit', details: {external_task_id: 'mine'}});
		expect(calls).toMatchObject({created: [{}], lookedUp: []});
	});

	test('that Kling has already is found', async () => {
		const known = new KlingError('invalid_request', 'External_task_id mine already exists', {api_code: 1201});
		expect(await account(known, made).submit()).toBe(made);
	});
});
