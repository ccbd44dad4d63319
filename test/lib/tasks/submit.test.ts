import {describe, expect, test} from 'vitest';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {submitTask} from '../../../src/lib/tasks/submit.js';
import {type Answer, fakeClient, fakeSession, notFound, task, unnamed} from '../../support/session.js';

const lost = new KlingError('server_error', 'Server internal error', {api_code: 5000, maybeSubmitted: true});
const full = new KlingError('rate_limit', 'parallel task over resource pack limit', {api_code: 1303});
const exists = new KlingError('invalid_request', 'External_task_id mine already exists', {
	api_code: 1201,
	alreadyExists: true,
});
const body = {video_id: 'v'};

/** An account that responds as a test says, and one submission to it. */
function account(creates: Answer[], gets: Answer[] = []) {
	const fake = fakeClient(creates, gets);
	const made = fakeSession(fake.client);
	const submit = (externalId?: string, patienceMs = 60_000, request: object = body) =>
		submitTask(made.session, 'extend', request, {externalId, deadline: made.clock.now() + patienceMs});
	return {...fake, ...made, submit};
}

const reasonOf = (promise: Promise<unknown>) =>
	promise.then(
		() => expect.fail('it did not fail'),
		(reason: unknown) => reason as KlingError,
	);

const stopped = new KlingError('interrupted', 'Stopped by SIGINT');

describe('a submission', () => {
	test('carries an external id, and is in the journal', async () => {
		const {created, looked, submit, session} = account([task()]);
		await submit();
		const [sent] = created;
		expect(sent).toEqual({video_id: 'v', external_task_id: expect.stringMatching(/^[\w-]{10,64}$/)});
		expect(looked).toEqual([]);
		expect(await session.journal.entries()).toMatchObject([
			{
				externalId: sent?.external_task_id,
				type: 'extend',
				submittedAt: 1_790_000_000_000,
				request: body,
				outcome: 'made',
				taskId: 't1',
				status: 'submitted',
			},
		]);
	});

	test('whose response names no external id is looked up by it, once', async () => {
		const {created, looked, submit} = account(
			[unnamed({id: 'foreign'})],
			[task({id: 't1', externalId: 'mine'})],
		);
		expect((await submit('mine')).id).toBe('t1');
		expect({created: created.length, looked}).toEqual({created: 1, looked: ['/v1/videos/video-extend/mine']});
		const same = account([unnamed()], [task({externalId: 'mine', status: 'processing'})]);
		expect(await same.submit('mine')).toMatchObject({id: 't1', status: 'submitted'});
	});

	test('whose response names no external id, and whose task has another, does not trust it', async () => {
		const answers = [
			notFound,
			task({id: 'foreign', externalId: 'of-somebody-else'}),
			task({id: 't1', externalId: 'mine'}),
		];
		const {submit} = account([unnamed({id: 'foreign'})], [...answers]);
		expect((await submit('mine')).id).toBe('t1');
		const nowhere = account([unnamed({id: 'foreign'})], answers.slice(0, 2));
		await expect(nowhere.submit('mine')).rejects.toMatchObject({code: 'submit_unknown'});
	});

	test.each([
		['that nobody finds', []],
		['that names none there either', [notFound, task()]],
	])('whose response names no external id, and whose task %s, trusts it', async (_, answers) => {
		const {created, submit} = account([unnamed()], answers);
		expect((await submit('mine')).id).toBe('t1');
		expect(created).toHaveLength(1);
	});

	test('whose response is about another task does not trust it, and looks up its own', async () => {
		const {created, looked, submit, session} = account(
			[task({id: 'foreign', externalId: 'of-somebody-else'})],
			[notFound, task({id: 't1', externalId: 'mine'})],
		);
		expect((await submit('mine')).id).toBe('t1');
		expect(created).toHaveLength(1);
		expect(looked).toEqual(Array(2).fill('/v1/videos/video-extend/mine'));
		expect(await session.journal.find('foreign')).toBeUndefined();
		const never = account([task({id: 'foreign', externalId: 'of-somebody-else'})]);
		await expect(never.submit('mine')).rejects.toMatchObject({code: 'submit_unknown', exit: 11});
	});

	test('whose earlier attempt has an unknown outcome is looked up patiently before it is sent', async () => {
		const {created, looked, submit, session} = account([task()], [notFound, notFound, task({id: 't9'})]);
		await session.journal.intend('extend', 'mine', body);
		expect((await submit('mine')).id).toBe('t9');
		expect(looked).toHaveLength(3);
		expect(created).toEqual([]);
	});

	test('whose earlier attempt was long ago is looked up once, then sent', async () => {
		const {created, looked, submit, session, clock} = account([task()], [notFound]);
		await session.journal.intend('extend', 'mine', body);
		await clock.sleep(11 * 60_000);
		expect((await submit('mine')).id).toBe('t1');
		expect(looked).toHaveLength(1);
		expect(created).toHaveLength(1);
	});

	test('under the name of a failed task reports a name for the retry', async () => {
		const {submit, session, lines} = account([task({status: 'failed'})], [task({status: 'failed'})]);
		await submit('mine');
		await submit('mine');
		expect(lines.at(-1)).toContain(
			'and failed. A retry is a new task and needs a new external id: --external-id mine-retry',
		);
		await expect(submit('mine', 60_000, {video_id: 'other'})).rejects.toMatchObject({
			code: 'conflicting_input',
			details: {hint: expect.stringContaining('--external-id mine-retry')},
		});
		expect(await session.journal.find('mine')).toMatchObject({status: 'failed'});
	});

	test('whose response was lost is looked up, not sent again', async () => {
		const {created, looked, submit} = account([lost], [task()]);
		expect((await submit('mine')).id).toBe('t1');
		expect(created).toHaveLength(1);
		expect(looked).toEqual(['/v1/videos/video-extend/mine']);
	});

	test('whose task appears late is found', async () => {
		const {created, clock, submit} = account([lost], [notFound, notFound, task()]);
		expect((await submit('mine')).id).toBe('t1');
		expect(created).toHaveLength(1);
		expect(clock.sleeps).toEqual([0, 1000, 2000]);
	});

	test('of unknown outcome is submit_unknown, and stays so in the journal', async () => {
		const {created, submit, session} = account([lost]);
		const error = await reasonOf(submit('mine'));
		expect(error).toMatchObject({code: 'submit_unknown', exit: 11, retryable: false});
		expect(error.toDocument().error).toMatchObject({
			message: expect.stringContaining('mine'),
			hint: expect.stringContaining('kling video reconcile mine'),
			external_task_id: 'mine',
		});
		expect(created).toHaveLength(1);
		expect(await session.journal.find('mine')).toMatchObject({outcome: 'unknown'});
	});

	test('that Kling refuses is not looked up, and its outcome is known', async () => {
		const {looked, submit, session} = account([new KlingError('invalid_request', 'no', {api_code: 1201})]);
		expect((await reasonOf(submit('mine'))).details).toMatchObject({external_task_id: 'mine'});
		expect(looked).toEqual([]);
		expect(await session.journal.find('mine')).toMatchObject({outcome: 'refused'});
	});

	test.each([1302, 1303])('is sent again after %i, unchanged', async (apiCode) => {
		const busy = new KlingError('rate_limit', 'busy', {api_code: apiCode});
		const {created, clock, submit} = account([busy, busy, busy, task()]);
		await submit();
		expect(new Set(created.map((sent) => sent.external_task_id)).size).toBe(1);
		expect(created).toHaveLength(4);
		expect(clock.sleeps).toEqual([500, 1000, 2000]);
	});

	test('stops waiting for a slot at its deadline', async () => {
		const {created, clock, submit} = account(Array<Answer>(50).fill(full));
		const start = clock.now();
		expect(await reasonOf(submit(undefined, 60_000))).toMatchObject({code: 'rate_limit', exit: 6});
		expect(clock.now() - start).toBeLessThanOrEqual(60_000);
		expect(created.length).toBeGreaterThan(4);
	});

	test('honours Retry-After', async () => {
		const later = new KlingError('rate_limit', 'busy', {api_code: 1302, retryAfterMs: 7000});
		const {clock, submit} = account([later, task()]);
		await submit();
		expect(clock.sleeps).toEqual([7000]);
	});

	test('that never reached Kling is sent three times, under one name, with growing pauses', async () => {
		const unsent = new KlingError('connection_error', 'Cannot reach kling.invalid: refused', {
			neverSent: true,
		});
		const {created, looked, clock, submit, session} = account([unsent, unsent, unsent, task()]);
		expect(await reasonOf(submit('mine'))).toMatchObject({code: 'connection_error', exit: 5});
		expect(created.map((sent) => sent.external_task_id)).toEqual(['mine', 'mine', 'mine']);
		expect(clock.sleeps).toEqual([500, 1000]);
		expect(looked).toEqual([]);
		expect(await session.journal.find('mine')).toMatchObject({outcome: 'refused'});
	});

	test('that reaches Kling at the second attempt makes one task', async () => {
		const slow = new KlingError('timeout', 'Cannot reach kling.invalid: connecting took too long', {
			neverSent: true,
		});
		const {created, submit} = account([slow, task()]);
		expect((await submit()).id).toBe('t1');
		expect(created).toHaveLength(2);
	});

	test.each<[string, KlingError]>([
		[
			'a certificate that is not trusted',
			new KlingError('connection_error', 'no trust', {retryable: false, neverSent: true}),
		],
		['a failure that does not say whether it was sent', new KlingError('connection_error', 'odd')],
		['HTTP 429 of a gateway, without a code of Kling', new KlingError('rate_limit', 'HTTP 429')],
		['429/1102', new KlingError('quota_exceeded', 'used up', {api_code: 1102})],
		[
			'429/1302 with a Retry-After beyond the deadline',
			new KlingError('rate_limit', 'busy', {api_code: 1302, retryAfterMs: 61_000}),
		],
	])('is sent once after %s', async (_, error) => {
		const {created, looked, submit} = account([error, task()]);
		expect(await reasonOf(submit('mine', 50_000))).toMatchObject({code: error.code});
		expect([created.length, looked.length]).toEqual([1, 0]);
	});

	test('whose generated name Kling already knows is found or stays unknown, and is never taken for refused', async () => {
		const known = () =>
			new KlingError('invalid_request', 'External_task_id x already exists', {
				api_code: 1201,
				alreadyExists: true,
			});
		const late = account([known()], [notFound, task()]);
		expect((await late.submit()).id).toBe('t1');
		const {submit, session} = account([known()]);
		const {code, details} = await reasonOf(submit());
		expect(code).toBe('submit_unknown');
		expect(await session.journal.find(String(details.external_task_id))).toMatchObject({outcome: 'unknown'});
	});

	test('that is interrupted while waiting for a slot makes no task', async () => {
		const {created, abort, submit, session} = account([full, task()]);
		session.notes.line = () => abort.abort(stopped);
		expect(await reasonOf(submit('mine'))).toMatchObject({code: 'interrupted'});
		expect(created).toHaveLength(1);
		expect(await session.journal.find('mine')).toMatchObject({outcome: 'refused'});
	});

	test('that is interrupted before it is sent is not sent', async () => {
		const {created, abort, submit, session} = account([task()]);
		abort.abort(stopped);
		expect(await reasonOf(submit())).toMatchObject({
			code: 'interrupted',
			details: {hint: 'No task was made: run the command again.'},
		});
		expect(created).toHaveLength(0);
		expect([...session.journal.newestFirst()]).toEqual([]);
	});
});

describe('an external id that was used before', () => {
	test('returns the task that it made, and sends nothing', async () => {
		const {created, looked, submit} = account([task()], [task({status: 'processing'})]);
		await submit('mine');
		expect(await submit('mine')).toMatchObject({id: 't1', status: 'processing'});
		expect(created).toHaveLength(1);
		expect(looked).toEqual(['/v1/videos/video-extend/t1']);
	});

	test('and to which the journal gives a task of another external id, is looked up by its name', async () => {
		const {created, looked, submit} = account(
			[task()],
			[task({externalId: 'of-somebody-else'}), task({id: 't2', externalId: 'mine'})],
		);
		await submit('mine');
		expect(await submit('mine')).toMatchObject({id: 't2'});
		expect(created).toHaveLength(1);
		expect(looked).toEqual(['/v1/videos/video-extend/t1', '/v1/videos/video-extend/mine']);
	});

	test.each([
		['of today', 60_000, /status t1/, /make it again/],
		['31 days old', 31 * 24 * 3_600_000, /make it again, and pay/, /status t1/],
	])(
		'whose task, %s, is not found is looked for again, and only an old one is given up',
		async (_, age, says, not) => {
			const {created, looked, clock, submit} = account([task()]);
			await submit('mine');
			await clock.sleep(age);
			const {code, details} = await reasonOf(submit('mine'));
			expect([code, created.length, looked.length]).toEqual(['task_not_found', 1, 4]);
			expect(details.hint).toMatch(says);
			expect(details.hint).not.toMatch(not);
		},
	);

	test('for another request is conflicting_input', async () => {
		const {created, submit} = account([task()]);
		await submit('mine');
		const error = await reasonOf(submit('mine', 60_000, {video_id: 'other'}));
		expect(error).toMatchObject({
			code: 'conflicting_input',
			details: {task_id: 't1', external_task_id: 'mine'},
		});
		expect(created).toHaveLength(1);
	});

	test('that Kling knows and this machine does not is found', async () => {
		const {submit} = account([exists], [task({status: 'succeed'})]);
		expect((await submit('mine')).status).toBe('succeed');
	});

	test('that Kling knows under another type is conflicting_input', async () => {
		const {submit} = account([exists]);
		expect(await reasonOf(submit('mine'))).toMatchObject({code: 'conflicting_input', exit: 2});
	});

	test('of unknown outcome that Kling does not know is sent again, under the same name', async () => {
		const {created, submit} = account([lost, task()]);
		await reasonOf(submit('mine'));
		expect((await submit('mine')).id).toBe('t1');
		expect(created.map((sent) => sent.external_task_id)).toEqual(['mine', 'mine']);
	});

	test('of unknown outcome stays unknown, whatever Kling says to another attempt', async () => {
		for (const answer of [exists, new KlingError('quota_exceeded', 'no balance', {api_code: 1102}), full]) {
			const {submit, session} = account([lost, answer, answer, answer, answer]);
			await reasonOf(submit('mine'));
			const error = await reasonOf(submit('mine', 0));
			expect(error.code).toBe(answer === exists ? 'submit_unknown' : answer.code);
			expect(await session.journal.find('mine')).toMatchObject({outcome: 'unknown'});
		}
	});

	test('whose task Kling no longer knows is not paid for again', async () => {
		const {created, submit} = account([task(), task({id: 't2'})]);
		await submit('mine');
		expect(await reasonOf(submit('mine'))).toMatchObject({code: 'task_not_found', details: {task_id: 't1'}});
		expect(created).toHaveLength(1);
	});

	test('that Kling refused may be used again', async () => {
		const {submit} = account([new KlingError('invalid_request', 'no', {api_code: 1201}), task()]);
		await reasonOf(submit('mine'));
		expect((await submit('mine', 60_000, {video_id: 'mended'})).id).toBe('t1');
	});
});
