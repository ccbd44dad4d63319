import {expect, test} from 'vitest';
import type {KlingClient} from '../../../src/lib/api/client.js';
import type {readLedger} from '../../../src/lib/api/ledger.js';
import {compareWithLedger, fetchLedger} from '../../../src/lib/cost/ledger.js';
import {fakeClient, fakeSession, task} from '../../support/session.js';

test('all pages are read, parts of a task are added up, and both kinds of difference are listed', async () => {
	const pages = [
		{
			result: {
				detail: [
					{task_id: 't1', deduction_amount: 2, deduction_time: '1790000000000'},
					{task_id: 't1', deduction_amount: '1'},
					{task_id: 't2', deduction_amount: 5, model_name: 'kling-v3'},
					{task_id: 't3', deduction_amount: 16, product_type: 'image'},
				],
			},
			next_cursor: 'more',
			has_more: true,
		},
		{
			result: {detail: [{task_id: null, deduction_amount: 0.05, product_function: 'identify-face'}]},
			has_more: false,
		},
	];
	const asked: unknown[] = [];
	const {session} = fakeSession(fakeClient([]).client);
	for (const [id, units] of [
		['t1', '3'],
		['t2', '4'],
	] as const) {
		await session.journal.intend('create', `e-${id}`, {});
		await session.journal.saw('create', task({id, externalId: `e-${id}`, status: 'succeed', units}));
	}
	const request: KlingClient['request'] = async ({body, read}) => {
		asked.push(JSON.parse(body ?? ''));
		return read(pages[asked.length - 1], {status: 200} as Parameters<typeof readLedger>[1]);
	};
	const report = await compareWithLedger({request}, session.journal, {from: 1, to: 2, packOf: () => 'video'});
	expect(asked).toEqual([
		{start_time: 1, end_time: 2, limit: 500},
		{cursor: 'more', limit: 500},
	]);
	expect(report).toEqual({
		...{tasks: 4, units: 8.05, image_units: 16},
		unknown: [
			{task_id: 't3', units: 16, pack: 'image'},
			{product: 'identify-face', units: 0.05},
		],
		different: [{task_id: 't2', model: 'kling-v3', units: 5, journal_units: 4}],
	});
});

test('a page that comes again is an error, not another charge', async () => {
	const page = {
		result: {detail: [{task_id: 't1', deduction_amount: 2}]},
		next_cursor: 'more',
		has_more: true,
	};
	let asked = 0;
	const request: KlingClient['request'] = async ({read}) => {
		asked += 1;
		return read(page, {status: 200} as Parameters<typeof readLedger>[1]);
	};
	await expect(fetchLedger({request}, {from: 1, to: 2})).rejects.toMatchObject({
		code: 'response_error',
		exit: 12,
	});
	expect(asked).toBe(2);
});

test('a list that never ends is an error', async () => {
	let asked = 0;
	const request: KlingClient['request'] = async ({read}) => {
		asked += 1;
		const page = {result: {detail: []}, next_cursor: String(asked), has_more: true};
		return read(page, {status: 200} as Parameters<typeof readLedger>[1]);
	};
	await expect(fetchLedger({request}, {from: 1, to: 2})).rejects.toMatchObject({
		code: 'response_error',
		details: {hint: 'Ask for a shorter time: --since 7d'},
	});
	expect(asked).toBe(1001);
});
