import assert from 'node:assert/strict';
import {test} from 'node:test';
import {reserve, settleRefused, settleSteps} from '../worker/budget.js';

/** A budget in memory that follows the rules of the stores. */
function openStore(limit) {
	const open = new Map();
	const settled = new Map();
	const sum = (amounts) => [...amounts.values()].reduce((all, units) => all + units, 0);
	return {
		amounts: () => ({reserved: sum(open), spent: sum(settled)}),
		async reserve(_, id, units) {
			if (open.has(id) || settled.has(id)) return {isReserved: true, left: 0};
			const left = limit - sum(open) - sum(settled);
			if (units > left) return {isReserved: false, left};
			open.set(id, units);
			return {isReserved: true, left: 0};
		},
		async settle(_, id, units) {
			if (!open.has(id)) return;
			const spent = units ?? open.get(id);
			open.delete(id);
			if (spent > 0) settled.set(id, spent);
		},
	};
}

const job = {externalId: 'a-1', key: 'a', units: '2', unitsBefore: '0.1', pack: 'video'};
const line = (more) => ({external_task_id: 'a-1', event: 'prepared', ...more});
const speech = line({speech_units: '0.05'});

test('the steps before a task are reserved with it, and count even if the task is refused', async () => {
	const store = openStore(3e6);
	await reserve(store, job);
	assert.deepEqual(store.amounts(), {reserved: 2.1e6, spent: 0});
	await settleRefused(store, job, [speech, line({faces_units: '0.05'})]);
	assert.deepEqual(store.amounts(), {reserved: 0, spent: 0.1e6});
});

test('a budget that covers only the steps, or only the task, is not used at all', async () => {
	for (const limit of [0.05e6, 2e6]) {
		const store = openStore(limit);
		await assert.rejects(reserve(store, job), {code: 'budget_exceeded', exit: 7});
		assert.deepEqual(store.amounts(), {reserved: 0, spent: 0});
	}
});

test('steps count what was made, once; all of them if a response was lost', async () => {
	const store = openStore(3e6);
	await reserve(store, job);
	await settleSteps(store, job, [speech]);
	await settleSteps(store, job, [speech]);
	assert.deepEqual(store.amounts(), {reserved: 2e6, spent: 0.05e6});
	const other = openStore(3e6);
	await reserve(other, job);
	await settleRefused(other, job, [line({event: 'failed', code: 'result_unavailable'})]);
	assert.deepEqual(other.amounts(), {reserved: 0, spent: 0.1e6});
});
