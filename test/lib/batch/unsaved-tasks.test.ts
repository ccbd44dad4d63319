import {expect, test} from 'vitest';
import type {KnownTask, KnownTasks} from '../../../src/lib/batch/known-tasks.js';
import {unsavedTaskWarnings} from '../../../src/lib/batch/unsaved-tasks.js';

const task = (externalId: string, more: Partial<KnownTask> = {}): KnownTask => ({
	externalId,
	shot: externalId,
	taskId: `id-${externalId}`,
	status: 'made',
	files: [],
	...more,
});

function warnings(tasks: readonly KnownTask[], jobs: readonly {externalId: string; wanted: string[]}[]) {
	const known: KnownTasks = {
		tasks: new Map(tasks.map((one) => [one.externalId, one])),
		attempts: new Map(),
		retriedAt: new Map(),
		history: new Map(),
	};
	const command = (...words: string[]) => words.join(' ');
	return unsavedTaskWarnings(known, jobs, {folder: process.cwd(), command});
}

test('tasks of deleted rows are named in one line', () => {
	expect(
		warnings([task('a'), task('b', {status: 'succeeded'}), task('c')], [{externalId: 'c', wanted: []}]),
	).toEqual([
		'2 tasks were submitted for earlier rows, and their results are not saved (a, b). To save: video download id-a id-b -o ./ --wait --skip-existing',
	]);
});

test('a file that was begun keeps its name, unless another row wants it now', () => {
	const begun = `${process.cwd()}/shots/a.mp4`;
	expect(warnings([task('a', {begun: [begun]})], [])).toEqual([expect.stringContaining('-o shots/a.mp4 ')]);
	expect(warnings([task('a', {begun: [begun]})], [{externalId: 'x', wanted: [begun]}])).toEqual([
		expect.stringContaining('-o ./ '),
	]);
});

test('nothing is said of tasks that were saved, have failed or do not exist', () => {
	const fine = [
		task('a', {status: 'succeeded', files: ['/deleted/by/the/user.mp4']}),
		task('b', {status: 'failed'}),
		task('c', {status: 'refused', taskId: undefined}),
	];
	expect(warnings(fine, [])).toEqual([]);
});
