import {spawn} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {describe, expect, test, vi} from 'vitest';
import {blockBytes} from '../../src/lib/net/block-pool.js';
import {sendFile} from '../support/file-server.js';
import {fakeMp4, sha256} from '../support/media.js';
import {watch} from '../support/processes.js';
import {cleanEnv, fails, kling, runJs, startKling, succeeds} from './kling.js';
import {serveTask, surplusOf} from './served-task.js';

const args = ['video', 'download', '900000000000000101', '-o', 'x.mp4'];
const pieceBytes = 500_000;

/** Bytes that the next run need not download, according to the record beside the part. */
function kept(part: string): number {
	if (!existsSync(`${part}.json`) || !existsSync(part)) return 0;
	const {spans} = JSON.parse(readFileSync(`${part}.json`, 'utf8')) as {spans?: [number, number][]};
	return spans ? spans.reduce((sum, [start, end]) => sum + end - start, 0) : statSync(part).size;
}

describe.concurrent('Ctrl-C', () => {
	test.each([
		['SIGINT', 'interrupted', 130],
		['SIGTERM', 'terminated', 143],
	] as const)('%s leaves a part, and the hint is the command that continues', async (signal, code, exit) => {
		const {server, cwd, env, file, part} = await serveTask();
		const {length} = server.file.bytes;
		server.fault = (request, response, index) => {
			if (index > 0) return false;
			response.writeHead(200, {'content-length': length, etag: '"v1"', 'accept-ranges': 'bytes'});
			response.write(server.file.bytes.subarray(0, pieceBytes));
			request.sent = pieceBytes;
			return true;
		};
		const child = startKling(args, {cwd, env});
		const {ended} = watch(child);
		// The first block is written, and the rest of what came is in memory.
		await vi.waitUntil(() => existsSync(part) && statSync(part).size > 0, 30_000);
		child.kill(signal);
		const finished = await ended();
		expect(finished).toMatchObject({code: exit, signal: null, stderr: ''});
		const {error} = JSON.parse(finished.stdout) as {error: Record<string, string>};
		expect(error.code).toBe(code);
		// Bytes in memory are written as well.
		expect(kept(part)).toBeGreaterThan(pieceBytes - 100_000);
		expect(readdirSync(cwd).sort()).toEqual(['x.mp4.part', 'x.mp4.part.json']);
		expect(readFileSync(`${part}.json`, 'utf8')).not.toContain('ksSecret');

		const command = /Continue: kling (.*)$/.exec(error.hint ?? '')?.[1] ?? '';
		expect(command).toBe(`video download 900000000000000101 --type create -o ${file}`);
		const document = await succeeds([...command.split(' '), '-v'], {env});
		expect(document).toMatchObject({
			file,
			bytes: length,
			resumed: true,
			sha256: sha256(server.file.bytes),
		});
		expect(readFileSync(file).equals(server.file.bytes)).toBe(true);
		expect(readdirSync(cwd)).toEqual(['x.mp4']);
		expect(surplusOf(server)).toBeLessThan(200_000);
	});
});

/** A pseudo-random sequence that is the same each time. */
function seeded(seed: number) {
	let state = seed;
	return () => {
		state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
		return state / 2 ** 32;
	};
}

describe.concurrent('kill -9 at any moment', () => {
	test.each([
		['over one connection', {connections: 1, kills: 12, longest: 300, rate: 1_500_000, length: 12_000_000}],
		['over four', {connections: 4, kills: 18, longest: 600, rate: 1_500_000, length: 32_000_000}],
	])(
		'%s: run again and again it ends with the same bytes, and fetches none twice beyond a block',
		{timeout: 120_000},
		async (_, {connections, kills, longest, rate, length}) => {
			const served = await serveTask({rate, bytes: fakeMp4(length)});
			const {server, cwd, env, file, part} = served;
			const random = seeded(connections);
			const all = [...args, '--connections', String(connections)];
			let [most, fetchedTwice, allowed] = [0, 0, 0];
			for (let kill = 0; kill < kills; kill++) {
				const before = kept(part);
				const first = server.seen.length;
				const child = startKling(all, {cwd, env});
				const {ended} = watch(child);
				await vi.waitUntil(() => server.seen.length > first, {timeout: 30_000, interval: 5});
				await delay(random() * longest);
				child.kill('SIGKILL');
				expect(await ended()).toMatchObject({signal: 'SIGKILL', stdout: '', stderr: ''});
				expect(existsSync(file)).toBe(false);
				const requests = server.seen.slice(first);
				await vi.waitUntil(() => requests.every((request) => request.isOver), 30_000);
				fetchedTwice += requests.reduce((sum, {sent}) => sum + sent, 0) - (kept(part) - before);
				allowed += requests.length * blockBytes;
				most = Math.max(most, requests.length);
			}
			expect(kept(part)).toBeGreaterThan(0);
			expect(fetchedTwice).toBeLessThan(allowed);
			expect(most >= connections).toBe(true);
			server.file.rate = undefined;
			const document = await succeeds([...all, '-v'], {cwd, env});
			expect(document).toMatchObject({resumed: true, bytes: length, sha256: sha256(server.file.bytes)});
			expect(sha256(readFileSync(file))).toBe(sha256(server.file.bytes));
			expect(readdirSync(cwd)).toEqual(['x.mp4']);
		},
	);
});

test.concurrent('two processes for one path: the second says so, and the first completes', async () => {
	const {server, cwd, env, file} = await serveTask();
	let release = () => {};
	server.fault = (request, response) => {
		release = () => void sendFile(server.file, request, response);
		return true;
	};
	const first = startKling(args, {cwd, env});
	const {ended} = watch(first);
	await vi.waitUntil(() => server.seen.length === 1, 30_000);
	const error = await fails(args, 10, {cwd, env});
	expect(error).toMatchObject({code: 'file_busy', path: file, retryable: true});
	expect(error.message).toContain(`Process ${first.pid}`);
	release();
	expect(await ended()).toMatchObject({code: 0});
	expect(readFileSync(file).equals(server.file.bytes)).toBe(true);
	expect(readdirSync(cwd)).toEqual(['x.mp4']);
});

test.concurrent('two with --force leave one complete file', async () => {
	const {server, cwd, env, file} = await serveTask();
	const ended = await Promise.all([1, 2].map(() => kling([...args, '--force'], {cwd, env, alone: true})));
	expect(ended.map(({code}) => code).filter((code) => code === 0).length).toBeGreaterThan(0);
	expect(readFileSync(file).equals(server.file.bytes)).toBe(true);
	expect(readdirSync(cwd)).toEqual(['x.mp4']);
});

test.concurrent('-o - into a pipe that closes halfway ends quietly with 141', async () => {
	const {server, cwd, env} = await serveTask({rate: 6_000_000});
	const script = '("$@"; echo $? >&2) | head -c 100000 | wc -c';
	const download = [process.execPath, runJs, 'video', 'download', '1', '-t', 'create', '-o', '-'];
	const child = spawn('sh', ['-c', script, 'sh', ...download], {cwd, env: {...cleanEnv, ...env}});
	const {code, stdout, stderr} = await watch(child).ended();
	expect({code, stdout: stdout.trim(), stderr}).toEqual({code: 0, stdout: '100000', stderr: '141\n'});
	expect(server.seen[0]?.sent).toBeLessThan(server.file.bytes.length);
	expect(readdirSync(path.join(cwd))).toEqual([]);
});
