import {expect, test} from 'vitest';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {settle} from '../../../src/lib/tasks/reconcile.js';
import {fakeClient, fakeSession, notFound, task} from '../../support/session.js';

test('each submit of unknown outcome is looked up, and none is sent', async () => {
	const {client, created, looked} = fakeClient([], [task({id: 't1', status: 'processing'}), notFound]);
	const {session} = fakeSession(client);
	await session.journal.intend('create', 'made', {prompt: 'a'});
	await session.journal.intend('extend', 'not-made', {video_id: 'v'});
	const settled = await settle(session, []);
	expect(settled.map(({entry, task}) => [entry.externalId, task?.id])).toEqual([
		['made', 't1'],
		['not-made', undefined],
	]);
	expect(created).toEqual([]);
	// A task may be about to appear.
	expect(looked).toEqual([
		'/v1/videos/omni-video/made',
		...Array<string>(3).fill('/v1/videos/video-extend/not-made'),
	]);
	expect(await session.journal.find('made')).toMatchObject({outcome: 'made', taskId: 't1'});
});

test('what is not found stays open while a task may still appear, and is closed after ten minutes', async () => {
	const {client} = fakeClient([], [notFound, notFound]);
	const {session, clock} = fakeSession(client);
	await session.journal.intend('create', 'mine', {prompt: 'a'});
	await settle(session, []);
	expect(await session.journal.find('mine')).toMatchObject({outcome: 'unknown'});
	await clock.sleep(11 * 60_000);
	expect(await settle(session, [])).toHaveLength(1);
	expect(await settle(session, [])).toHaveLength(0);
});

test('a lookup that fails is told with its submit, and the others go on', async () => {
	const down = new KlingError('connection_error', 'Cannot reach kling.invalid');
	const {client} = fakeClient([], [down, task({id: 't2', status: 'succeed'})]);
	const {session, clock} = fakeSession(client);
	await session.journal.intend('create', 'first', {prompt: 'a'});
	await session.journal.intend('create', 'second', {prompt: 'b'});
	await clock.sleep(5 * 60_000);
	const settled = await settle(session, []);
	expect(settled.map(({task: found, error}) => [found?.id, error?.code])).toEqual([
		[undefined, 'connection_error'],
		['t2', undefined],
	]);
});

test('a name that the journal does not know is task_not_found', async () => {
	const {session} = fakeSession(fakeClient([]).client);
	await expect(settle(session, ['nobody'])).rejects.toMatchObject({code: 'task_not_found', exit: 9});
});

test('a submit of a type whose plugin is gone is told of at once, stays open, and the others go on', async () => {
	const {client, looked} = fakeClient([], [task({id: 't2', status: 'succeed'})]);
	const {session} = fakeSession(client);
	await session.journal.intend('of-a-plugin', 'first', {prompt: 'a'});
	await session.journal.intend('create', 'second', {prompt: 'b'});
	const settled = await settle(session, []);
	expect(settled.map(({task: found, error}) => [found?.id, error?.code])).toEqual([
		[undefined, 'invalid_type'],
		['t2', undefined],
	]);
	expect(settled[0]?.error?.message).toBe(
		'Submit first is of type of-a-plugin, whose plugin is not installed',
	);
	expect(looked).toEqual(['/v1/videos/omni-video/second']);
	expect(await session.journal.find('first')).toMatchObject({outcome: 'unknown'});
});
