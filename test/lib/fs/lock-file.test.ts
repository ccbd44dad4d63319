import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {buildSync} from 'esbuild';
import {beforeEach, describe, expect, test} from 'vitest';
import {lockFile} from '../../../src/lib/fs/lock-file.js';
import {watch} from '../../support/processes.js';

let folder: string;
let file: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(os.tmpdir(), 'kling-lock-'));
	file = path.join(folder, 'x.mp4.part.lock');
});

const take = async () => lockFile(file, '/clips/x.mp4');
const busy = {code: 'file_busy', exit: 10};

/** A lock that another process has left or holds, with its last heartbeat this many seconds ago. */
function leave(holder: unknown, secondsAgo = 0) {
	writeFileSync(file, typeof holder === 'string' ? holder : JSON.stringify(holder));
	const time = Date.now() / 1000 - secondsAgo;
	utimesSync(file, time, time);
}

async function endedPid(): Promise<number> {
	const child = spawn(process.execPath, ['--version']);
	await once(child, 'close');
	return child.pid ?? 0;
}

describe('a lock file', () => {
	test('is held by one, until it is released', async () => {
		const lock = await take();
		await expect(take()).rejects.toMatchObject(busy);
		lock.release();
		expect(readdirSync(folder)).toEqual([]);
		(await take()).release();
	});

	test('goes to one of many simultaneous attempts', async () => {
		const all = await Promise.allSettled(Array.from({length: 20}, take));
		expect(all.filter(({status}) => status === 'fulfilled')).toHaveLength(1);
		expect(readdirSync(folder)).toHaveLength(1);
	});

	test('of an ended process is taken over at once', async () => {
		leave({host: os.hostname(), pid: await endedPid(), token: 'old'});
		expect((await take()).isHeld()).toBe(true);
		expect(readdirSync(folder)).toHaveLength(1);
	});

	test('of a process whose id was reused is taken over', async () => {
		// The test process did not start with the system.
		leave({host: os.hostname(), pid: process.pid, started: '1', token: 'old'}, 60);
		await take();
	});

	test('on another machine is respected for half a minute after its last heartbeat', async () => {
		leave({host: 'elsewhere', pid: 1, token: 'old'}, 20);
		await expect(take()).rejects.toMatchObject(busy);
		leave({host: 'elsewhere', pid: 1, token: 'old'}, 40);
		await take();
	});

	test.each(['', '{', '[]', 'null', '{"pid":"1"}', '{"host":"a","pid":-1,"token":"b"}'])(
		'that is unreadable is respected for as long: %s',
		async (text) => {
			leave(text);
			await expect(take()).rejects.toMatchObject(busy);
			leave(text, 40);
			await take();
		},
	);

	test('is not removed by a process that has lost it', async () => {
		const lock = await take();
		leave({host: 'elsewhere', pid: 1, token: 'new'});
		expect(lock.isHeld()).toBe(false);
		lock.release();
		expect(readFileSync(file, 'utf8')).toContain('elsewhere');
	});

	test('outlasts another process that has no descriptor left', async () => {
		const lock = await take();
		const program = path.join(folder, 'lock.mjs');
		buildSync({
			entryPoints: [path.join(import.meta.dirname, '../../../src/lib/fs/lock-file.ts')],
			...{bundle: true, platform: 'node', format: 'esm', outfile: program},
		});
		const child = spawn('sh', [
			...['-c', 'ulimit -n 100; exec "$0" "$@"', process.execPath, '--input-type=module', '-e'],
			`import {openSync} from 'node:fs';
			import {lockFile} from ${JSON.stringify(program)};
			try { for (;;) openSync('/dev/null'); } catch {}
			try { lockFile(${JSON.stringify(file)}, 'x'); } catch (error) { console.log(error.message); }`,
		]);
		const {stdout} = await watch(child).ended();
		expect(stdout).toContain('too many open files');
		expect(lock.isHeld()).toBe(true);
		lock.release();
	});

	test('cannot be made where nothing can be written', async () => {
		const nowhere = path.join(folder, 'x'.repeat(300));
		await expect(async () => lockFile(nowhere, '/clips/x.mp4')).rejects.toMatchObject({
			code: 'write_error',
			exit: 10,
		});
		expect(existsSync(nowhere)).toBe(false);
	});
});
