import {describe, expect, test} from 'vitest';
import type {Task} from '../../../src/lib/api/task.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {definitions} from '../../../src/lib/task-types/index.js';
import {createTypeRegistry, type TaskName} from '../../../src/lib/task-types/registry.js';
import {createBatchLookUp} from '../../../src/lib/tasks/batch-lookup.js';
import {fakeClient, fakeClock} from '../../support/session.js';

const types = createTypeRegistry(definitions);
const api = {choice: 'auto', hasApiKey: false} as const;

/** An account as a client shows it, and a record of its requests. */
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
			return tasks.slice((number - 1) * size, number * size);
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

/** A command that looks up several tasks at once. */
const askFor = (client: ReturnType<typeof account>) => {
	const lookUp = createBatchLookUp({client, types, api, clock: fakeClock()});
	return (ids: readonly string[], type: TaskName = 'create') =>
		Promise.all(ids.map((id) => lookUp({id, type})));
};
/** A command that looks up each of these tasks once, some at a time. */
const askInTurn = (client: ReturnType<typeof account>, all: readonly string[]) => {
	const lookUp = createBatchLookUp({client, types, api, clock: fakeClock()}, undefined, {once: new Set(all)});
	return async (atOnce: number, type: TaskName = 'create') => {
		const found: Task[] = [];
		for (let at = 0; at < all.length; at += atOnce) {
			const some = all.slice(at, at + atOnce);
			found.push(...(await Promise.all(some.map((id) => lookUp({id, type})))));
		}
		return found.map(({id}) => id);
	};
};
const ids = (count: number, from = 0) => Array.from({length: count}, (_, index) => `t${from + index}`);

describe('lookups of several tasks at once', () => {
	test('use one page for many, by either id, whatever their statuses', async () => {
		const tasks = ids(20).map((id, index) => task(id, index === 3 ? 'processing' : 'succeed', `x${index}`));
		const client = account(tasks);
		const found = await askFor(client)(['t0', 'x1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 't19']);
		expect(found.map(({id}) => id)).toEqual(['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 't19']);
		expect(found[3]?.status).toBe('processing');
		expect(client.asked).toEqual([`${path}?1,20`]);
	});

	test('do not wait for others once every task of the command is being looked up', async () => {
		const client = account(ids(20).map((id) => task(id)));
		const clock = {...fakeClock(), sleep: () => new Promise<void>(() => {})};
		const lookUp = createBatchLookUp({client, types, api, clock}, undefined, {expected: 10});
		const found = await Promise.all(ids(10).map((id) => lookUp({id, type: 'create'})));
		expect(found.map(({id}) => id)).toEqual(ids(10));
		expect(client.asked).toEqual([`${path}?1,20`]);
	});

	test('prefer task ids to equal external ids', async () => {
		const client = account([task('t0'), task('t1', 'succeed', 't0'), ...ids(8, 2).map((id) => task(id))]);
		expect((await askFor(client)(['t0', ...ids(8, 2)]))[0]?.id).toBe('t0');
	});

	test('use one request each for a few', async () => {
		const client = account([task('t0'), task('t1')]);
		await askFor(client)(['t0', 't1']);
		expect(client.asked).toEqual([`${path}/t0`, `${path}/t1`]);
	});

	test('continue to further pages while these contain some of them, and then request each', async () => {
		const client = account(ids(1010).map((id) => task(id)));
		await askFor(client)(['t3', ...ids(600, 400), 't1007']);
		expect(client.asked).toEqual([`${path}?1,500`, `${path}?2,500`, `${path}/t1007`]);
	});

	test('request separately what is not on the page', async () => {
		const client = account(ids(9).map((id) => task(id)));
		await expect(askFor(client)([...ids(9), 't99'])).rejects.toMatchObject({code: 'task_not_found'});
		expect(client.asked).toEqual([`${path}?1,20`, `${path}/t99`]);
	});

	test('are repeated each time, with one page per type', async () => {
		const client = account(ids(8).map((id) => task(id)));
		const ask = askFor(client);
		await ask(ids(8));
		await ask(ids(8));
		await ask(ids(8), 'extend');
		expect(client.asked).toEqual([`${path}?1,16`, `${path}?1,16`, '/v1/videos/video-extend?1,16']);
	});

	test('stop using pages that contain none of them', async () => {
		const client = account([...ids(30, 100), ...ids(8)].map((id) => task(id)));
		const ask = askFor(client);
		for (const _ of 'abc') await ask(ids(8));
		expect(client.asked.filter((url) => url.includes('?'))).toHaveLength(2);
		expect(client.asked).toHaveLength(2 + 3 * 8);
	});

	test('work without a list that fails', async () => {
		const client = account(
			ids(8).map((id) => task(id)),
			{lists: false},
		);
		expect(await askFor(client)(ids(8))).toHaveLength(8);
	});

	test('use pages when the server does not have the lookup of several tasks', async () => {
		let finds = 0;
		const client = account(ids(9).map((id) => task(id)));
		const lookUp = createBatchLookUp({
			...{client, types, api, clock: fakeClock()},
			find: () => {
				finds++;
				return Promise.reject(new KlingError('response_error', 'what is /tasks?'));
			},
		});
		const all = () => Promise.all(ids(9).map((id) => lookUp({id, type: 'create'})));
		await all();
		expect(client.asked).toEqual([`${path}?1,18`]);
		// Known by now.
		await all();
		expect(finds).toBe(9);
		expect(client.asked).toEqual([`${path}?1,18`, `${path}?1,18`]);
	});

	test('cancel a page that nobody waits for', async () => {
		const gone = new AbortController();
		let given: AbortSignal | undefined;
		const client = {
			...account([]),
			listTasks: (_path: string, _page: object, signal?: AbortSignal) =>
				new Promise<Task[]>((_, reject) => {
					given = signal;
					signal?.addEventListener('abort', () => reject(signal.reason));
				}),
			getTask: async () => Promise.reject(gone.signal.reason),
		};
		const lookUp = createBatchLookUp({client, types, api, clock: fakeClock()});
		const all = ids(8).map((id) => lookUp({id, type: 'create'}, gone.signal));
		await new Promise((resolve) => setImmediate(resolve));
		expect(given?.aborted).toBe(false);
		gone.abort(new Error('stopped'));
		expect((await Promise.allSettled(all)).map(({status}) => status)).toEqual(Array(8).fill('rejected'));
	});
});

describe('lookups of tasks that take turns', () => {
	test('read each page once, whichever tasks are looked up first', async () => {
		for (const all of [ids(1000), ids(1000).reverse()]) {
			const client = account(ids(1010).map((id) => task(id)));
			expect(await askInTurn(client, all)(80)).toEqual(all);
			expect(client.asked).toEqual([`${path}?1,500`, `${path}?2,500`]);
		}
	});

	test('find them by their external ids too, one at a time', async () => {
		const client = account(ids(20).map((id, index) => task(id, 'succeed', `x${index}`)));
		expect(await askInTurn(client, ['x3', ...ids(8, 4)])(1)).toEqual(ids(9, 3));
		expect(client.asked).toEqual([`${path}?1,18`]);
	});

	test('read on only after a page with some of them', async () => {
		const client = account([...ids(20), ...ids(100, 100), ...ids(4, 20)].map((id) => task(id)));
		await askInTurn(client, [...ids(10), ...ids(4, 20)])(1);
		expect(client.asked).toEqual([`${path}?1,28`, ...ids(4, 20).map((id) => `${path}/${id}`)]);
	});

	test('use one request each when there is no list, or only a few of them', async () => {
		const without = account(
			ids(30).map((id) => task(id)),
			{lists: false},
		);
		await askInTurn(without, ids(20))(10);
		expect(without.asked).toEqual([`${path}?1,40`, ...ids(20).map((id) => `${path}/${id}`)]);
		const few = account(ids(30).map((id) => task(id)));
		await askInTurn(few, ids(3))(2);
		expect(few.asked).toEqual(ids(3).map((id) => `${path}/${id}`));
	});
});
