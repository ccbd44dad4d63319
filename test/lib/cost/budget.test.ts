import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {clearBudgets, reserveBudget, setBudget, showBudgets} from '../../../src/lib/cost/budget.js';
import type {Budget} from '../../../src/lib/cost/budget-file.js';
import {submitTask} from '../../../src/lib/tasks/submit.js';
import {type Answer, fakeClient, fakeSession, notFound, task} from '../../support/session.js';

const tenUnits: Budget = {units: 10, per: 'month'};

/** An account with a budget. */
async function account(budget: Budget = tenUnits, creates: Answer[] = []) {
	const fake = fakeClient(creates);
	const made = fakeSession(fake.client);
	await setBudget(made.session, budget);
	const reserve = (externalId: string, units: string | undefined, tags: Record<string, string> = {}) =>
		reserveBudget(made.session, {externalId, units, tags});
	const left = async () => (await showBudgets(made.session)).map(({remaining}) => remaining);
	return {...fake, ...made, reserve, left};
}

describe('a budget', () => {
	test('accepts what fits, to the last unit, and refuses more, showing what is left', async () => {
		const {reserve, left} = await account();
		await reserve('a', '6.3');
		await reserve('b', '0.1');
		await reserve('c', '3.5');
		await expect(reserve('d', '0.2')).rejects.toMatchObject({
			code: 'budget_exceeded',
			exit: 7,
			said: 'This would cost 0.2 units, and 0.1 are left of 10 units per month; nothing was sent',
			details: {hint: expect.stringContaining('kling cost budget set 20 --per month')},
		});
		await reserve('e', '0.1');
		expect(await left()).toEqual([0]);
	});

	test('for a tag applies to submissions with it, in addition to the general budget', async () => {
		const {session, reserve} = await account();
		await setBudget(session, {units: 3, per: 'total', tag: {key: 'client', value: 'acme'}});
		await reserve('a', '3', {client: 'acme'});
		await expect(reserve('b', '1', {client: 'acme'})).rejects.toMatchObject({code: 'budget_exceeded'});
		await reserve('c', '7', {client: 'other'});
		await expect(reserve('d', '1')).rejects.toMatchObject({code: 'budget_exceeded'});
	});

	test('counts a task whose external id, and a tag whose name, is that of something every object has', async () => {
		const {session, reserve, left} = await account();
		await setBudget(session, {units: 3, per: 'total', tag: {key: '__proto__', value: 'acme'}});
		await (await reserve('__proto__', '6')).settle('5');
		expect(await left()).toEqual([5, 3]);
		await reserve('constructor', '2', JSON.parse('{"__proto__": "acme"}'));
		expect(await left()).toEqual([3, 1]);
	});

	test('counts only units of its own kind', async () => {
		const {session, reserve, left} = await account();
		await setBudget(session, {units: 40, pack: 'image', per: 'month'});
		const reservePictures = (externalId: string, units: string | undefined) =>
			reserveBudget(session, {externalId, units, pack: 'image'});
		await reservePictures('p1', '32');
		await reserve('a', '10');
		await expect(reservePictures('p2', '16')).rejects.toMatchObject({
			said: 'This would cost 16 image units, and 8 are left of 40 image units per month; nothing was sent',
			details: {hint: expect.stringContaining('kling cost budget set 80 --per month --pack image')},
		});
		expect(await left()).toEqual([0, 8]);
		expect(await clearBudgets(session, {pack: 'video'})).toHaveLength(1);
		await reserve('b', undefined);
		expect(await left()).toEqual([8]);
	});

	test('for pictures counts pictures that were submitted before it was set', async () => {
		const {session} = fakeSession(fakeClient([]).client);
		await session.journal.intend('image', 'p', {}, {estimatedUnits: '8'});
		await session.journal.intend('create', 'v', {}, {estimatedUnits: '3'});
		expect(await setBudget(session, {...tenUnits, pack: 'image'})).toMatchObject({reserved: 8, remaining: 2});
		expect(await setBudget(session, tenUnits)).toMatchObject({reserved: 3, remaining: 7});
	});

	test('starts anew with each period, and tasks count in the period of their submission', async () => {
		const {reserve, clock, left} = await account({units: 10, per: 'day'});
		await reserve('a', '10');
		await expect(reserve('b', '1')).rejects.toMatchObject({code: 'budget_exceeded'});
		await clock.sleep(86_400_000);
		await reserve('b', '4');
		expect(await left()).toEqual([6]);
	});

	test('counts the actual cost of a task instead of its estimate, and nothing for a failed one', async () => {
		const {session, reserve, left} = await account();
		for (const [name, units] of [
			['a', '6'],
			['b', '4'],
		] as const) {
			await reserve(name, units);
			await session.journal.intend('create', name, {}, {estimatedUnits: units});
		}
		await session.journal.saw('create', task({id: 'ta', externalId: 'a', status: 'succeed', units: '5.5'}));
		await session.journal.saw('create', task({id: 'tb', externalId: 'b', status: 'failed', units: '0'}));
		await reserve('c', '4.5');
		expect(await left()).toEqual([0]);
	});

	test('counts earlier submissions in the current period', async () => {
		const {session} = fakeSession(fakeClient([]).client);
		await session.journal.intend('create', 'a', {}, {estimatedUnits: '3', tags: {client: 'acme'}});
		await session.journal.saw('create', task({id: 'ta', externalId: 'a', status: 'succeed', units: '2'}));
		await session.journal.intend('create', 'b', {}, {estimatedUnits: '4'});
		await session.journal.intend('create', 'c', {}, {estimatedUnits: '5'});
		await session.journal.refused('c');
		expect(await setBudget(session, tenUnits)).toMatchObject({spent: 2, reserved: 4, remaining: 4});
		const acme = await setBudget(session, {...tenUnits, tag: {key: 'client', value: 'acme'}});
		expect(acme).toMatchObject({spent: 2, reserved: 0, remaining: 8});
	});

	test('keeps what was spent when it is set again, and blocks nothing once cleared', async () => {
		const {session, reserve} = await account();
		await reserve('a', '9');
		expect(await setBudget(session, {...tenUnits, units: 20})).toMatchObject({reserved: 9, remaining: 11});
		expect(await clearBudgets(session)).toHaveLength(1);
		await reserve('b', '1000');
		expect(await showBudgets(session)).toEqual([]);
	});

	test('releases the reservation of a process that died before it sent anything', async () => {
		const {reserve, clock} = await account();
		await reserve('a', '10');
		await expect(reserve('b', '10')).rejects.toMatchObject({code: 'budget_exceeded'});
		await clock.sleep(11 * 60_000);
		await reserve('b', '10');
	});

	test('does not treat an unknown price as free', async () => {
		const {session, reserve} = await account();
		await expect(reserve('a', undefined)).rejects.toMatchObject({
			code: 'budget_exceeded',
			details: {hint: expect.stringContaining('--allow-unknown-price')},
		});
		await reserveBudget(session, {externalId: 'a', units: undefined, allowUnknownPrice: true});
	});

	test('that cannot be read is an error, not a missing budget', async () => {
		const {session, reserve} = await account();
		writeFileSync(path.join(session.journal.folder, 'budget.json'), '{"budgets": "all"}');
		await expect(reserve('a', '1')).rejects.toMatchObject({code: 'invalid_config'});
	});

	test('is kept by many processes at once', async () => {
		const {reserve, left} = await account();
		const all = await Promise.allSettled(Array.from({length: 20}, (_, at) => reserve(`e${at}`, '1.5')));
		expect(all.filter(({status}) => status === 'fulfilled')).toHaveLength(6);
		expect(await left()).toEqual([1]);
	});
});

describe('a submission', () => {
	const body = {
		model_name: 'kling-v3-omni',
		prompt: 'a fox',
		mode: 'std',
		duration: '5',
		aspect_ratio: '1:1',
	};
	const options = {deadline: Number.POSITIVE_INFINITY, context: {tags: {client: 'acme'}}};

	test('over budget is not sent, and leaves no trace', async () => {
		const {session, created, left} = await account({units: 2, per: 'month'}, [task()]);
		await expect(submitTask(session, 'create', body, options)).rejects.toMatchObject({
			code: 'budget_exceeded',
		});
		expect(created).toEqual([]);
		expect([...session.journal.newestFirst()]).toEqual([]);
		expect(await left()).toEqual([2]);
	});

	test('reserves units, and records price and tags in the journal', async () => {
		const {session, left} = await account(tenUnits, [task()]);
		await submitTask(session, 'create', body, options);
		expect([...session.journal.newestFirst()]).toMatchObject([{estimatedUnits: '3', tags: {client: 'acme'}}]);
		expect(await left()).toEqual([7]);
	});

	test('releases its reservation when Kling refuses it, but not when the outcome is unknown', async () => {
		const refused = await account(tenUnits, [notFound]);
		await expect(submitTask(refused.session, 'create', body, options)).rejects.toMatchObject({
			code: 'task_not_found',
		});
		expect(await refused.left()).toEqual([10]);
		const unknown = await account(tenUnits, [notFound.with({maybeSubmitted: true})]);
		await expect(submitTask(unknown.session, 'create', body, options)).rejects.toMatchObject({
			code: 'submit_unknown',
		});
		expect(await unknown.left()).toEqual([7]);
	});

	test('repeated under the same external id costs nothing', async () => {
		const {session, left} = await account(tenUnits, [task()]);
		await submitTask(session, 'create', body, {...options, externalId: 'mine'});
		session.client.getTask = async () => task();
		await submitTask(session, 'create', body, {...options, externalId: 'mine'});
		expect(await left()).toEqual([7]);
	});
});
