import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {startKling} from '../e2e/kling.js';
import {ok, startFakeServer} from '../support/fake-server.js';

/** Peak resident memory of a running process, in MB. Linux shows it under /proc. */
function peakMegabytes(pid: number): number {
	const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
	return Number(kilobytes) / 1000;
}

/** An account whose tasks end at the third poll, whether by list or by id. */
async function startAccount({lists}: {lists: boolean}) {
	const server = await startFakeServer();
	const looks = new Map<string, number>();
	let requests = 0;
	const taskOf = (id: string) => {
		const look = (looks.get(id) ?? 0) + 1;
		looks.set(id, look);
		const done = look >= 3;
		return {
			task_id: id,
			task_status: done ? 'succeed' : 'processing',
			task_status_msg: '',
			task_info: {external_task_id: `external-${id}`},
			task_result: done
				? {videos: [{id: `v${id}`, url: `https://cdn.invalid/${'x'.repeat(300)}`, duration: '5.041'}]}
				: {},
			created_at: 1_790_000_000_000,
			updated_at: 1_790_000_000_000,
		};
	};
	server.answer = (request, response) => {
		requests++;
		const {pathname, searchParams} = new URL(request.url, server.baseUrl);
		const [number, size] = [Number(searchParams.get('pageNum')), Number(searchParams.get('pageSize'))];
		const page = lists ? ids.slice((number - 1) * size, number * size) : [];
		ok(size > 0 ? page.map(taskOf) : taskOf(pathname.split('/').at(-1) ?? ''))(request, response);
		server.seen.length = 0;
	};
	return {server, requests: () => requests};
}

const ids = Array.from({length: 1000}, (_, index) => String(900_000_000_000_000_000n + BigInt(index)));

// Measured with Node 20: 113 to 125 MB, and 165 to 220 MB. Three rounds take two pages each, and at most twice that on a busy machine.
test.each([
	['pages of the list', {lists: true}, 12, 150],
	['a request for each, where the list does not show them', {lists: false}, 4000, 240],
])(
	'a thousand tasks are waited for in one command, with %s',
	async (_, how, maxRequests, maxMegabytes) => {
		const {server, requests} = await startAccount(how);
		const child = startKling(['video', 'wait', '-', '--type', 'create', '--quiet'], {
			env: {KLING_BASE_URL: server.baseUrl, KLING_ACCESS_KEY: 'a', KLING_SECRET_KEY: 's'},
			input: '',
		});
		child.stdin?.end(ids.join('\n'));
		let stdout = '';
		let peak = 0;
		child.stdout?.on('data', (chunk: Buffer) => {
			stdout += chunk;
			peak = Math.max(peak, peakMegabytes(child.pid ?? 0));
		});
		const [code] = (await once(child, 'close')) as [number];
		await server.close();

		const lines = stdout
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect([code, lines.length, new Set(lines.map(({task_id}) => task_id)).size]).toEqual([0, 1000, 1000]);
		console.info(`peak ${peak.toFixed(1)} MB, ${requests()} requests`);
		expect(peak).toBeGreaterThan(30);
		expect(peak).toBeLessThan(maxMegabytes);
		expect(requests()).toBeLessThanOrEqual(maxRequests);
	},
	120_000,
);
