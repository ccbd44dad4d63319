import {describe, expect, test} from 'vitest';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {openJournal} from '../../../src/lib/journal/journal.js';
import type {Clock} from '../../../src/lib/system/clock.js';
import {reconcile} from '../../../src/lib/tasks/reconcile.js';
import {fakeClient, fakeClock, fakeSession, notFound, task} from '../../support/session.js';

test('each submission of unknown outcome is looked up, and none is sent', async () => {
	const {client, created, looked} = fakeClient([], [task({id: 't1', status: 'processing'}), notFound]);
	const {session} = fakeSession(client);
	await session.journal.intend('create', 'made', {prompt: 'a'});
	await session.journal.intend('extend', 'not-made', {video_id: 'v'});
	const found = await reconcile(session, []);
	expect(found.map(({entry, task}) => [entry.externalId, task?.id])).toEqual([
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

test('a task that is not found stays open while it may still appear, and is closed after ten minutes', async () => {
	const {client} = fakeClient([], [notFound, notFound]);
	const {session, clock} = fakeSession(client);
	await session.journal.intend('create', 'mine', {prompt: 'a'});
	await reconcile(session, []);
	expect(await session.journal.find('mine')).toMatchObject({outcome: 'unknown'});
	await clock.sleep(11 * 60_000);
	expect(await reconcile(session, [])).toHaveLength(1);
	expect(await reconcile(session, [])).toHaveLength(0);
});

describe('a clock that was wrong at the submission closes no outcome', () => {
	const wrong = (folder: string, clock: Partial<Clock>) =>
		openJournal({
			...{folder, owner: {baseUrl: 'https://kling.invalid/', fingerprint: 'f1'}, onTrouble: () => {}},
			clock: {...fakeClock(), ...clock},
		});

	test('on this machine, up for less than ten minutes since: it stays open', async () => {
		const {session, clock, folder} = fakeSession(fakeClient([]).client);
		await wrong(folder, {now: () => 0}).intend('create', 'mine', {prompt: 'a'});
		await reconcile(session, []);
		expect(await session.journal.find('mine')).toMatchObject({outcome: 'unknown', submittedAt: 0});
		await clock.sleep(11 * 60_000);
		await reconcile(session, []);
		expect(await session.journal.find('mine')).toMatchObject({outcome: 'refused'});
	});

	test('on this machine, up for longer, even with a clock that was ahead: it is closed', async () => {
		const {session, clock, folder} = fakeSession(fakeClient([]).client);
		await wrong(folder, {now: () => 4e12}).intend('create', 'mine', {prompt: 'a'});
		await clock.sleep(11 * 60_000);
		await reconcile(session, []);
		expect(await session.journal.find('mine')).toMatchObject({outcome: 'refused'});
	});

	test('on another machine: two lookups ten minutes apart decide', async () => {
		const {session, clock, folder} = fakeSession(fakeClient([]).client);
		const {uptime: _, ...elsewhere} = {...fakeClock(), now: () => 0};
		const options = {folder, owner: {baseUrl: 'https://kling.invalid/', fingerprint: 'f1'}};
		const journal = openJournal({...options, clock: elsewhere, onTrouble: () => {}});
		await journal.intend('create', 'mine', {prompt: 'a'});
		await reconcile(session, []);
		await clock.sleep(9 * 60_000);
		await reconcile(session, []);
		expect(await session.journal.find('mine')).toMatchObject({outcome: 'unknown'});
		await clock.sleep(2 * 60_000);
		await reconcile(session, []);
		expect(await session.journal.find('mine')).toMatchObject({outcome: 'refused'});
	});
});

test('@last is the newest submission that was not refused', async () => {
	const {client} = fakeClient([], [task({id: 't2', status: 'failed', statusMessage: 'no room'})]);
	const {session} = fakeSession(client);
	await expect(reconcile(session, ['@last'])).rejects.toMatchObject({code: 'task_not_found'});
	await session.journal.intend('create', 'first', {prompt: 'a'});
	await session.journal.intend('create', 'second', {prompt: 'b'});
	await session.journal.intend('create', 'third', {prompt: 'c'});
	await session.journal.refused('third');
	expect(await reconcile(session, ['@last'])).toMatchObject([
		{entry: {externalId: 'second'}, task: {id: 't2'}},
	]);
	expect(await session.journal.find('second')).toMatchObject({status: 'failed', message: 'no room'});
});

test('a lookup that fails is reported with its submission, and the others continue', async () => {
	const down = new KlingError('connection_error', 'Cannot reach kling.invalid');
	const {client} = fakeClient([], [down, task({id: 't2', status: 'succeed'})]);
	const {session, clock} = fakeSession(client);
	await session.journal.intend('create', 'first', {prompt: 'a'});
	await session.journal.intend('create', 'second', {prompt: 'b'});
	await clock.sleep(5 * 60_000);
	const found = await reconcile(session, []);
	expect(found.map(({task: found, error}) => [found?.id, error?.code])).toEqual([
		[undefined, 'connection_error'],
		['t2', undefined],
	]);
});

test('a name that is not in the journal is task_not_found', async () => {
	const {session} = fakeSession(fakeClient([]).client);
	await expect(reconcile(session, ['nobody'])).rejects.toMatchObject({code: 'task_not_found', exit: 9});
});

test('a submission of a type whose plugin is gone is reported at once, stays open, and the others continue', async () => {
	const {client, looked} = fakeClient([], [task({id: 't2', status: 'succeed'})]);
	const {session} = fakeSession(client);
	await session.journal.intend('of-a-plugin', 'first', {prompt: 'a'});
	await session.journal.intend('create', 'second', {prompt: 'b'});
	const found = await reconcile(session, []);
	expect(found.map(({task: found, error}) => [found?.id, error?.code])).toEqual([
		[undefined, 'invalid_type'],
		['t2', undefined],
	]);
	expect(found[0]?.error?.message).toBe('Submit first is of type of-a-plugin, whose plugin is not installed');
	expect(looked).toEqual(['/v1/videos/omni-video/second']);
	expect(await session.journal.find('first')).toMatchObject({outcome: 'unknown'});
});
