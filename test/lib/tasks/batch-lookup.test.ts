import {describe, expect, test} from 'vitest';
import type {Task} from '../../../src/lib/api/task.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {definitions} from '../../../src/lib/task-types/index.js';
import {createTypeRegistry} from '../../../src/lib/task-types/registry.js';
import {createLookUp} from '../../../src/lib/tasks/batch-lookup.js';

import {fakeClient} from '../../support/session.js';

const types = createTypeRegistry(definitions);

/** An account as a client shows it, and what was asked of it. */
function account(tasks: readonly Task[], {lists = true} = {}) {
	const asked: string[] = [];
	return {
		...fakeClient([]).client,
		asked,
		async getTask(path: string, id: string) {
			asked.push(`${path}/${id}`);
			const found = tasks.find((task) => task.id === id || task.externalId === id);
			if (found) return {...found, status: 'succeed'};
			throw new KlingError('task_not_found', `Task ${id} does not exist`);
		},
		async listTasks(path: string, {number, size}: {number: number; size: number}) {
			asked.push(`${path}?${number},${size}`);
			if (!lists) throw new KlingError('server_error', 'no list today');
			return tasks.slice(0, size);
		},
	};
}

const task = (id: string, status = 'succeed', externalId?: string): Task => ({
	id,
	status,
	videos: [],
	audios: [],
	...(externalId && {externalId}),
});
const path = '/v1/videos/omni-video';

describe('the look-ups of a command', () => {
	test('are one page for many tasks, by either id', async () => {
		const tasks = Array.from({length: 20}, (_, index) => task(`t${index}`, 'succeed', `x${index}`));
		const client = account(tasks);
		const lookUp = createLookUp({client, types}, 10);
		const found = await Promise.all(
			['t0', 'x1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 't19'].map((id) => lookUp({id, type: 'create'})),
		);
		expect(found.map(({id}) => id)).toEqual(['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 't19']);
		expect(client.asked).toEqual([`${path}?1,20`]);
	});

	test('take a task id for one, whatever external ids there are', async () => {
		const client = account([task('t0'), task('t1', 'succeed', 't0')]);
		expect((await createLookUp({client, types}, 8)({id: 't0', type: 'create'})).id).toBe('t0');
	});

	test('are one each for a few', async () => {
		const client = account([task('t0')]);
		await createLookUp({client, types}, 2)({id: 't0', type: 'create'});
		expect(client.asked).toEqual([`${path}/t0`]);
	});

	test('ask alone for what is not on the page, or had not ended when it came', async () => {
		const client = account([task('t0', 'processing'), task('t1', 'failed')]);
		const lookUp = createLookUp({client, types}, 8);
		expect((await lookUp({id: 't0', type: 'create'})).status).toBe('succeed');
		expect((await lookUp({id: 't1', type: 'create'})).status).toBe('failed');
		await expect(lookUp({id: 't9', type: 'create'})).rejects.toMatchObject({code: 'task_not_found'});
		expect(client.asked).toEqual([`${path}?1,16`, `${path}/t0`, `${path}/t9`]);
	});

	test('have a page for each type', async () => {
		const client = account([task('t0')]);
		const lookUp = createLookUp({client, types}, 300);
		await lookUp({id: 't0', type: 'create'});
		await lookUp({id: 't0', type: 'extend'});
		expect(client.asked).toEqual([`${path}?1,500`, '/v1/videos/video-extend?1,500']);
	});

	test('go on without a list that fails', async () => {
		const client = account([task('t0')], {lists: false});
		const lookUp = createLookUp({client, types}, 100);
		expect((await lookUp({id: 't0', type: 'create'})).id).toBe('t0');
	});
});
