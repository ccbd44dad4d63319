import {beforeEach, describe, expect, test} from 'vitest';
import type {JournalEntry} from '../../../src/lib/journal/journal.js';
import {type Purchase, Spending, type SpendingRules} from '../../../src/lib/mcp/spending.js';

const journal = new Map<string, Partial<JournalEntry>>();
beforeEach(() => journal.clear());

const spendingWith = (rules: Partial<SpendingRules> = {}) =>
	new Spending({
		limits: {video: 10},
		askAbove: undefined,
		allowUnknownPrice: false,
		hasBudget: async () => false,
		find: async (id) => journal.get(id) as JournalEntry | undefined,
		...rules,
	});
const video = (externalId: string, units?: number): Purchase => ({externalId, units, pack: 'video'});

describe('what a session may spend', () => {
	test('is never exceeded, by simultaneous calls or one after another', async () => {
		const spending = spendingWith();
		const wanted = ['a', 'b', 'c'].map((id) => spending.reserve([video(id, 4)]));
		const settled = await Promise.allSettled(wanted);
		expect(settled.map(({status}) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
		expect(spending.left('video')).toBe(2);
	});

	test('counts a task once, however often it is requested', async () => {
		const spending = spendingWith();
		expect(await spending.reserve([video('a', 6)])).toHaveLength(1);
		expect(await spending.reserve([video('a', 6)])).toHaveLength(0);
		expect(await spending.unpaid([video('a', 6), video('b', 1)])).toEqual([video('b', 1)]);
		expect(spending.used('video')).toBe(6);
	});

	test('is not covered for a more expensive request by a cheaper one with the same name', async () => {
		const spending = spendingWith();
		await spending.reserve([video('a', 2)]);
		await expect(spending.unpaid([video('a', 9)])).rejects.toMatchObject({code: 'conflicting_input'});
		await expect(spending.reserve([video('a', 2.5)])).rejects.toMatchObject({code: 'conflicting_input'});
		expect(spending.used('video')).toBe(2);
	});

	test('is counted for one request with a name after another, even if the first is refused', async () => {
		const spending = spendingWith();
		const steps: string[] = [];
		const first = spending.inTurn('a', async () => {
			await new Promise((resolve) => setImmediate(resolve));
			steps.push('first');
			throw new Error('refused');
		});
		const second = spending.inTurn('a', async () => void steps.push('second'));
		await spending.inTurn('b', async () => void steps.push('other'));
		await expect(first).rejects.toThrow('refused');
		await second;
		expect(steps).toEqual(['other', 'first', 'second']);
	});

	test.each<[string, Partial<JournalEntry> | undefined, number]>([
		['was never sent', undefined, 10],
		['was refused', {outcome: 'refused'}, 10],
		['has an unknown outcome', {outcome: 'unknown'}, 4],
		['runs', {outcome: 'made', status: 'processing'}, 4],
		['failed', {outcome: 'made', status: 'failed'}, 10],
		['failed, and was billed', {outcome: 'made', status: 'failed', units: '1'}, 9],
		['took less than estimated', {outcome: 'made', status: 'succeed', units: '2.5'}, 7.5],
	])('of a task that %s', async (_, entry, left) => {
		const spending = spendingWith();
		const reserved = await spending.reserve([video('a', 6)]);
		if (entry) journal.set('a', entry);
		await spending.settle(reserved, false);
		expect(spending.left('video')).toBe(left);
	});

	test('counts a task that the journal does not know, because it cannot be written', async () => {
		const spending = spendingWith();
		await spending.settle(await spending.reserve([video('a', 6)]), true);
		expect(spending.left('video')).toBe(4);
	});

	test('is checked again before something is refused', async () => {
		const spending = spendingWith();
		await spending.reserve([video('a', 8)]);
		await expect(spending.reserve([video('b', 4)])).rejects.toMatchObject({code: 'spending_not_allowed'});
		journal.set('a', {outcome: 'made', status: 'failed'});
		expect(await spending.reserve([video('b', 4)])).toHaveLength(1);
	});

	test('is all or nothing for a list', async () => {
		const spending = spendingWith();
		await expect(spending.reserve([video('a', 6), video('b', 6)])).rejects.toThrow('12 units');
		expect(spending.used('video')).toBe(0);
	});

	test('does not cover tasks with an unknown price, unless that is allowed', async () => {
		await expect(spendingWith().reserve([video('a')])).rejects.toMatchObject({code: 'spending_not_allowed'});
		expect(await spendingWith({allowUnknownPrice: true}).reserve([video('a')])).toHaveLength(1);
	});

	test('is left to a budget of the same kind of units', async () => {
		const spending = spendingWith({limits: {}, hasBudget: async (pack) => pack === 'image'});
		const picture: Purchase = {externalId: 'p', units: 8, pack: 'image'};
		expect(await spending.reserve([picture])).toHaveLength(1);
		await expect(spending.reserve([video('a', 1)])).rejects.toThrow('without --allow-spend');
		expect(spending.left('image')).toBeUndefined();
	});
});
