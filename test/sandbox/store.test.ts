import {expect, test} from 'vitest';
import {makeStore} from '../../src/sandbox/store.js';
import type {SandboxTask} from '../../src/sandbox/task.js';

const made = (id: string, createdAt: number, type: SandboxTask['type'] = 'create'): SandboxTask => ({
	id,
	type,
	createdAt,
	processingAt: createdAt,
	endsAt: createdAt,
	pack: 'video',
	result: {kind: 'video', duration: '5.041', sound: false},
	watermark: false,
	about: {},
	slots: 1,
	seed: false,
});

function filled(...tasks: SandboxTask[]) {
	const store = makeStore();
	for (const task of tasks) store.add(task);
	return (number: number, size: number) => store.list('create', {number, size}).map(({id}) => id);
}

test('pages are newest first, and contain one type', () => {
	const page = filled(...['a', 'b', 'c', 'd', 'e'].map((id, at) => made(id, at)), made('x', 9, 'extend'));
	expect([1, 2, 3, 4].map((number) => page(number, 2))).toEqual([['e', 'd'], ['c', 'b'], ['a'], []]);
	expect(page(1, 500)).toEqual(['e', 'd', 'c', 'b', 'a']);
});

test('of two in the same millisecond, the later one is the newer', () => {
	expect(filled(made('a', 5), made('b', 5), made('c', 5))(1, 30)).toEqual(['c', 'b', 'a']);
});

test('a clock that was set back does not break the order', () => {
	expect(filled(made('a', 5), made('b', 9), made('c', 7))(1, 30)).toEqual(['b', 'c', 'a']);
});
