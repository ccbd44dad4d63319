import {setImmediate as soon} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {inTurn} from '../../src/cli/in-turn.js';

const items = Array.from({length: 100}, (_, index) => index);

/** Work that notes its order, and how much of it was in progress when each began. */
function noted() {
	const begun: number[] = [];
	const inProgress: number[] = [];
	let running = 0;
	const work = async (item: number) => {
		begun.push(item);
		running += 1;
		inProgress.push(running);
		await soon();
		running -= 1;
	};
	return {begun, inProgress, work};
}

test('works on all items once, in order, and on no more at once than allowed', async () => {
	const {begun, inProgress, work} = noted();
	await inTurn(items, work, {atOnce: 7});
	expect(begun).toEqual(items);
	expect(Math.max(...inProgress)).toBe(7);
});

test('begins fewer while the work is behind, and as many as before afterwards', async () => {
	const {begun, inProgress, work} = noted();
	await inTurn(items, work, {atOnce: 10, isBehind: () => begun.length > 15 && begun.length < 50});
	expect(begun).toEqual(items);
	expect(Math.max(...inProgress.slice(0, 15))).toBe(10);
	expect(Math.max(...inProgress.slice(30, 50))).toBe(1);
	expect(Math.max(...inProgress.slice(80))).toBe(10);
});

test('works on all items even if the work is always behind', async () => {
	const {begun, work} = noted();
	await inTurn(items, work, {atOnce: 10, isBehind: () => true});
	expect(begun).toEqual(items);
});

test('has nothing to do without items', async () => {
	await inTurn([], () => Promise.reject(new Error('not called')), {atOnce: 3});
});

test('reports the first error', async () => {
	const work = async (item: number) => {
		await soon();
		if (item > 3) throw new Error(`no ${item}`);
	};
	await expect(inTurn(items, work, {atOnce: 3})).rejects.toThrow('no 4');
});
