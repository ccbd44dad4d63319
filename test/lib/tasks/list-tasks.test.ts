import {describe, expect, test, vi} from 'vitest';
import type {Task} from '../../../src/lib/api/task.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {definitions} from '../../../src/lib/task-types/index.js';
import {createTypeRegistry} from '../../../src/lib/task-types/registry.js';
import {
	type ListedTask,
	type ListOptions,
	listTasks,
	taskFilter,
	taskRow,
} from '../../../src/lib/tasks/list-tasks.js';

const registry = createTypeRegistry(definitions);

const made = (id: string, createdAt?: number, status = 'succeed'): Task => ({
	id,
	status,
	videos: [],
	audios: [],
	...(createdAt !== undefined && {createdAt}),
});

/** Tasks `name1` to `nameCOUNT`, newest first. */
const tasks = (count: number, name = 't') =>
	Array.from({length: count}, (_, index) => made(`${name}${index + 1}`, 1_000_000 - index));

/** A client whose lists are split into pages, and which counts requests. */
function account(lists: Record<string, Task[]>) {
	const asked: string[] = [];
	const busy = {now: 0, most: 0};
	return {
		asked,
		busy,
		async listTasks(path: string, {number, size}: {number: number; size: number}): Promise<Task[]> {
			asked.push(`${path} ${number}/${size}`);
			busy.most = Math.max(busy.most, ++busy.now);
			await new Promise(setImmediate);
			busy.now--;
			return (lists[path] ?? []).slice((number - 1) * size, number * size);
		},
	};
}

const omni = '/v1/videos/omni-video';

async function all(
	client: Pick<ReturnType<typeof account>, 'listTasks'>,
	options: Partial<ListOptions> = {},
) {
	const listed: ListedTask[] = [];
	for await (const task of listTasks(client, {types: ['create'], registry, size: 10, ...options}))
		listed.push(task);
	return listed;
}

const ids = (listed: ListedTask[]) => listed.map(({task}) => task.id);

describe('one page', () => {
	test('takes one request', async () => {
		const client = account({[omni]: tasks(35)});
		expect(ids(await all(client, {page: 2}))).toEqual(ids(await all(client)).slice(10, 20));
		expect(client.asked[0]).toBe(`${omni} 2/10`);
		expect(client.asked[1]).toBe(`${omni} 1/10`);
	});

	test('that is page 1000 and full is not reported', async () => {
		const onCutOff = vi.fn();
		await all({listTasks: async () => tasks(10)}, {page: 1000, onCutOff});
		expect(onCutOff).not.toHaveBeenCalled();
	});
});

describe('all pages', () => {
	test.each([0, 1, 9])('a first page of %i tasks is the only request', async (count) => {
		const client = account({[omni]: tasks(count)});
		expect(ids(await all(client))).toEqual(tasks(count).map(({id}) => id));
		expect(client.asked).toEqual([`${omni} 1/10`]);
	});

	test.each([10, 11, 35, 50, 99])(
		'%i tasks come in order, and end with the first short page',
		async (count) => {
			const client = account({[omni]: tasks(count)});
			expect(ids(await all(client))).toEqual(tasks(count).map(({id}) => id));
			// At most three pages past the end, which were requested before it was seen.
			expect(client.asked.length).toBeLessThanOrEqual(Math.floor(count / 10) + 1 + 3);
		},
	);

	test('four pages are requested at once, and no more', async () => {
		const client = account({[omni]: tasks(205)});
		expect(await all(client)).toHaveLength(205);
		expect(client.busy.most).toBe(4);
	});

	test('the order is that of the pages, whichever arrives first', async () => {
		const client = account({[omni]: tasks(45)});
		const late = {
			async listTasks(path: string, page: {number: number; size: number}) {
				await new Promise((resolve) => setTimeout(resolve, 20 - 4 * page.number));
				return client.listTasks(path, page);
			},
		};
		expect(ids(await all(late))).toEqual(tasks(45).map(({id}) => id));
	});

	test('a short page ends the list, whatever follows it', async () => {
		const pages = [tasks(10, 'a'), tasks(9, 'b'), tasks(10, 'c'), tasks(10, 'd')];
		const listed = await all({listTasks: async (_, {number}) => pages[number - 1] ?? []});
		expect(ids(listed)).toEqual(pages.slice(0, 2).flatMap((page) => page.map(({id}) => id)));
	});

	test('a task on two pages is listed once', async () => {
		const client = account({[omni]: tasks(40)});
		let shifted = 0;
		const growing = {
			async listTasks(path: string, {number, size}: {number: number; size: number}) {
				// A task is made before each page but the first.
				const fresh = Array.from({length: shifted++}, (_, index) => made(`new${index}`, 2_000_000));
				const page = [...fresh, ...tasks(40)].slice((number - 1) * size, number * size);
				await client.listTasks(path, {number, size});
				return page;
			},
		};
		const listed = ids(await all(growing));
		expect(new Set(listed).size).toBe(listed.length);
		expect(listed).toEqual(tasks(40).map(({id}) => id));
	});

	test('nothing is requested while nobody reads', async () => {
		const client = account({[omni]: tasks(500)});
		const reader = listTasks(client, {types: ['create'], registry, size: 10});
		await reader.next();
		await new Promise((resolve) => setTimeout(resolve, 20));
		// The first page, and four that wait.
		expect(client.asked).toHaveLength(5);
		await reader.return();
		expect(client.asked).toHaveLength(5);
	});

	test('an error is thrown when its page has its turn', async () => {
		const client = account({[omni]: tasks(100)});
		const failing = {
			async listTasks(path: string, page: {number: number; size: number}) {
				if (page.number === 3) throw new KlingError('server_error', 'Server internal error');
				return client.listTasks(path, page);
			},
		};
		const listed: ListedTask[] = [];
		const read = async () => {
			for await (const task of listTasks(failing, {types: ['create'], registry, size: 10})) listed.push(task);
		};
		await expect(read()).rejects.toMatchObject({code: 'server_error'});
		expect(ids(listed)).toEqual(tasks(20).map(({id}) => id));
	});

	test('an error past the end is ignored', async () => {
		const listed = await all({
			async listTasks(_, {number, size}) {
				if (number > 2) throw new KlingError('server_error', 'Server internal error');
				return tasks(15).slice((number - 1) * size, number * size);
			},
		});
		expect(listed).toHaveLength(15);
		await new Promise(setImmediate);
	});

	test("page 1000 is the API's last, and is reported when it was full", async () => {
		const onCutOff = vi.fn();
		const asked: number[] = [];
		const endless = {
			async listTasks(_: string, {number}: {number: number}) {
				asked.push(number);
				return [made(`t${number}`)];
			},
		};
		expect(await all(endless, {size: 1, onCutOff})).toHaveLength(1000);
		expect(Math.max(...asked)).toBe(1000);
		expect(onCutOff.mock.calls).toEqual([['create']]);
	});

	test('page 1000 that is short is the end', async () => {
		const onCutOff = vi.fn();
		expect(await all(account({[omni]: tasks(999)}), {size: 1, onCutOff})).toHaveLength(999);
		expect(onCutOff).not.toHaveBeenCalled();
	});
});

describe('several types', () => {
	const lists = {
		[omni]: [made('c1', 90), made('c2', 60), made('c3', 30)],
		'/v1/videos/text2video': [made('t1', 100), made('t2', 60), made('t3', 10)],
		'/v1/audio/video-to-audio': [made('a1', 70), made('a2')],
	};
	const types = ['create', 'text2video', 'extend', 'add-sound'] as const;

	test('are merged, newest first; tasks without a time come last', async () => {
		const listed = await all(account(lists), {types});
		expect(ids(listed)).toEqual(['t1', 'c1', 'a1', 'c2', 't2', 'c3', 't3', 'a2']);
		expect(listed[0]?.type).toBe('text2video');
		expect(listed[2]?.type).toBe('add-sound');
	});

	test('are merged over several pages each, one at a time', async () => {
		const client = account(lists);
		expect(ids(await all(client, {types, size: 1}))).toEqual([
			't1',
			'c1',
			'a1',
			'c2',
			't2',
			'c3',
			't3',
			'a2',
		]);
		expect(client.busy.most).toBe(4);
	});

	test('are listed with one page each', async () => {
		expect(ids(await all(account(lists), {types, size: 1, page: 2}))).toEqual(['c2', 't2', 'a2']);
	});
});

describe('filters', () => {
	const listed = [
		made('a', 100),
		made('b', 200, 'failed'),
		made('c', 300, 'processing'),
		made('d', undefined),
	];
	test.each([
		[undefined, undefined, 'abcd'],
		[['failed'], undefined, 'b'],
		[['failed', 'processing'], undefined, 'bc'],
		[undefined, 200, 'bc'],
		[['succeed'], 100, 'a'],
		[['submitted'], undefined, ''],
	])('by status %j, made since %j', async (statuses, since, expected) => {
		const kept = await all(account({[omni]: listed}), {keep: taskFilter(statuses, since)});
		expect(ids(kept).join('')).toBe(expected);
	});

	test('do not affect where the list ends', async () => {
		const client = account({[omni]: [...tasks(20), made('old', 5, 'failed')]});
		expect(ids(await all(client, {keep: taskFilter(['failed'], undefined)}))).toEqual(['old']);
	});
});

describe('a row', () => {
	const task: Task = {
		...made('t', 5, 'failed'),
		statusMessage: 'why',
		externalId: 'mine',
		videos: [{id: 'v', url: 'u', watermarkUrl: 'w', duration: '5.041'}],
		audios: [{id: 'a', mp3Url: 'm', wavUrl: 'x'}],
		units: '3',
		updatedAt: 6,
	};
	const row = (verbose: boolean, typed: boolean, of = task) =>
		taskRow({type: 'create', task: of}, {verbose, typed});

	test('has three keys', () => {
		expect(Object.keys(row(false, false))).toEqual(['task_id', 'status', 'created_at']);
	});
	test('includes its type when types are mixed', () => {
		expect(Object.keys(row(false, true))).toEqual(['task_id', 'status', 'created_at', 'type']);
	});
	test('includes everything known on request', () => {
		expect(Object.entries(row(true, false)).map(([key, value]) => `${key}=${value}`)).toEqual([
			...['task_id=t', 'status=failed', 'created_at=5', 'video_id=v', 'duration=5.041', 'video_url=u'],
			...['watermark_url=w', 'audio_mp3_url=m', 'audio_wav_url=x', 'type=create', 'external_task_id=mine'],
			...['message=why', 'updated_at=6', 'units=3'],
		]);
	});
	test('omits what is not known', () => {
		expect(Object.keys(row(true, true, made('t')))).toEqual(['task_id', 'status', 'type']);
	});
});
