import {expect, test} from 'vitest';
import {periodOf} from '../../../src/lib/cost/period.js';
import {reportCosts} from '../../../src/lib/cost/report.js';
import {parseTags} from '../../../src/lib/cost/tags.js';
import type {JournalEntry} from '../../../src/lib/journal/journal.js';

const day = new Date(2026, 10, 26, 12).getTime();
const entry = (fields: Partial<JournalEntry>): JournalEntry => ({
	...{externalId: 'e', type: 'create', submittedAt: day, request: null, outcome: 'made'},
	...fields,
});

const packOf = (type: string) => (type.startsWith('image') ? 'image' : 'video');
const at = (video: number) => ({unitPrice: {video, image: 0.0035}, packOf}) as const;

const entries = [
	entry({
		status: 'succeed',
		estimatedUnits: '3',
		units: '2.9',
		tags: {client: 'acme', job: 'x'},
		model: 'kling-v3',
	}),
	entry({status: 'failed', estimatedUnits: '3', units: '0', tags: {client: 'acme'}, model: 'kling-v3'}),
	entry({status: 'processing', estimatedUnits: '0.1', submittedAt: day + 86_400_000, batch: 'launch'}),
	entry({status: 'succeed', units: '0.2', type: 'extend'}),
	entry({outcome: 'refused', estimatedUnits: '100'}),
];

test('counts each task once, and refused ones not at all', () => {
	expect(reportCosts(entries, at(0.5)).total).toEqual({
		...{tasks: 4, succeeded: 2, failed: 1, failed_not_billed: 1, open: 1},
		...{estimated_units: 6.1, unknown_price: 1, billed_units: 3.1, difference: -3.1, money: 1.6},
	});
});

test.each([
	['tag', {'client=acme': 2, 'job=x': 1, '-': 2}],
	['model', {'kling-v3': 2, '-': 2}],
	['type', {create: 3, extend: 1}],
	['day', {'2026-11-26': 3, '2026-11-27': 1}],
	['batch', {launch: 1, '-': 3}],
] as const)('by %s', (by, expected) => {
	const {rows} = reportCosts(entries, {by, ...at(1)});
	expect(Object.fromEntries(rows.map(({group, tasks}) => [group, tasks]))).toEqual(expected);
});

test('adds up money, but never image units and video units', () => {
	const pictures = [
		entry({type: 'image', model: 'kling-v3', status: 'succeed', estimatedUnits: '800', units: '800'}),
		entry({type: 'image', model: 'kling-v3', estimatedUnits: '8'}),
	];
	const {rows, total} = reportCosts([...entries, ...pictures], {by: 'model', ...at(0.5)});
	expect(rows.slice(0, 2)).toMatchObject([
		{group: 'kling-v3', pack: 'image', tasks: 2, estimated_units: 808, billed_units: 800, money: 2.83},
		{group: 'kling-v3', tasks: 2, estimated_units: 6, billed_units: 2.9, money: 1.45},
	]);
	expect(rows[1]).not.toHaveProperty('pack');
	expect(total).toMatchObject({
		...{tasks: 6, open: 2, estimated_units: 6.1, billed_units: 3.1, money: 4.43},
		image: {estimated_units: 808, billed_units: 800, unknown_price: 0, difference: 0},
	});
	expect(reportCosts([...entries, ...pictures], at(1)).rows.map(({pack, tasks}) => [pack, tasks])).toEqual([
		[undefined, 4],
		['image', 2],
	]);
});

test('covers only submissions since the given time', () => {
	expect(reportCosts(entries, {since: day + 1, ...at(1)}).total.tasks).toBe(1);
});

test.each([
	['day', '2026-11-26'],
	['week', '2026-11-23'],
	['month', '2026-11'],
	['total', 'total'],
] as const)('the %s of a moment is %s', (period, name) => {
	expect(periodOf(period, day)).toBe(name);
});

test('tags are key=value, few and short', () => {
	expect(parseTags(['client=acme', 'job=a = b', 'client=other'])).toEqual({client: 'other', job: 'a = b'});
	for (const wrong of ['client', '=x', 'client=', 'a b=c', `k=${'v'.repeat(129)}`, 'k=a\nb', '-k=v']) {
		expect(() => parseTags([wrong])).toThrow('is not a tag');
	}
	expect(() => parseTags(Array.from({length: 17}, (_, at) => `k${at}=v`))).toThrow('more than 16');
});
