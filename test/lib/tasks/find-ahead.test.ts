import {describe, expect, test} from 'vitest';
import type {Task} from '../../../src/lib/api/task.js';
import {createFinder} from '../../../src/lib/api/tasks-endpoint.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {createFindAhead} from '../../../src/lib/tasks/find-ahead.js';

const ids = (count: number) =>
	Array.from({length: count}, (_, index) => String(900_000_000_000_000_000n + BigInt(index)));

/** A server that responds to a request when it is told to, and knows all tasks but these. */
function startServer(unknown: ReadonlySet<string> = new Set()) {
	const requests: string[][] = [];
	const held: (() => void)[] = [];
	const request = async ({query = {}}: {query?: Record<string, unknown>}) => {
		const wanted = String(query.task_ids ?? query.external_task_ids).split(',');
		requests.push(wanted);
		await new Promise<void>((resolve) => held.push(resolve));
		const data = wanted.filter((id) => !unknown.has(id));
		return data.map((id): Task => ({id, externalId: id, status: 'succeed', videos: [], audios: []}));
	};
	return {
		requests,
		sizes: () => requests.map(({length}) => length),
		client: {request} as unknown as Parameters<typeof createFinder>[0],
		/** Lets requests gather, and responds to those in flight. @returns their number */
		async answer() {
			await new Promise((resolve) => setTimeout(resolve, 10));
			const open = held.splice(0);
			for (const respond of open) respond();
			return open.length;
		},
	};
}

type Server = ReturnType<typeof startServer>;
const finderOf = ({client}: Server, all: readonly string[], concurrency: number) =>
	createFindAhead(createFinder(client, {concurrency}), all, concurrency);

/** Asks for tasks one after the other, each as soon as the one before is here. */
async function inTurn(server: Server, all: readonly string[], concurrency: number, wanted = all) {
	const find = finderOf(server, all, concurrency);
	let isOver = false;
	let most = 0;
	const asking = (async () => {
		for (const id of wanted) expect((await find(id)).id).toBe(id);
		isOver = true;
	})();
	while (!isOver) most = Math.max(most, await server.answer());
	await asking;
	return most;
}

describe('tasks that are looked up before their turn', () => {
	test('take a twentieth of the requests, several of them at once', async () => {
		const server = startServer();
		expect(await inTurn(server, ids(1000), 64)).toBe(8);
		expect(server.sizes()).toEqual(Array(50).fill(20));
		expect(new Set(server.requests.flat()).size).toBe(1000);
	});

	test('are no more at once than --concurrency allows', async () => {
		const server = startServer();
		expect(await inTurn(server, ids(200), 2)).toBe(2);
		expect(server.sizes()).toEqual(Array(10).fill(20));
		const alone = startServer();
		expect(await inTurn(alone, ids(50), 1)).toBe(1);
		expect(alone.sizes()).toEqual([20, 20, 10]);
	});

	test('are not looked up before the first one that is asked for', async () => {
		const server = startServer();
		const all = ids(1000);
		await inTurn(server, all, 64, all.slice(-1));
		expect(server.sizes()).toEqual([1]);
	});

	test('are few if few are asked for', async () => {
		const server = startServer();
		const all = ids(1000);
		await inTurn(server, all, 64, all.slice(500, 502));
		expect(server.sizes()).toEqual([20]);
	});

	test('are none that only have an external id', async () => {
		const server = startServer();
		await inTurn(server, ['shot-1', 'shot-2', 'shot-3'], 64);
		expect(server.sizes()).toEqual([1, 1, 1]);
	});

	test('are no more once one is unknown, and whoever asks for that one is told', async () => {
		const all = ids(100);
		const server = startServer(new Set(all.slice(5)));
		const find = finderOf(server, all, 64);
		let isOver = false;
		const asking = (async () => {
			expect((await find(String(all[0]))).id).toBe(all[0]);
			await expect(find(String(all[7]))).rejects.toThrow(KlingError);
			isOver = true;
		})();
		while (!isOver) await server.answer();
		await asking;
		expect(server.sizes()).toEqual([20, 15]);
	});
});
