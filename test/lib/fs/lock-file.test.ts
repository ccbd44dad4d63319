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
function leave(holder: unknown, secondsAgo = 0, place = file) {
	writeFileSync(place, typeof holder === 'string' ? holder : JSON.stringify(holder));
	const time = Date.now() / 1000 - secondsAgo;
	utimesSync(place, time, time);
}

/** Lets other processes import the locks. */
function bundle(): string {
	const program = path.join(folder, 'lock.mjs');
	buildSync({
		entryPoints: [path.join(import.meta.dirname, '../../../src/lib/fs/lock-file.ts')],
		...{bundle: true, platform: 'node', format: 'esm', outfile: program},
	});
	return program;
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
		'that names nobody is taken over: %s',
		async (text) => {
			leave(text, 40);
			await take();
		},
	);

	test('that was just made and names nobody is taken over a second later', async () => {
		leave('');
		expect((await take()).isHeld()).toBe(true);
		expect(readdirSync(folder)).toHaveLength(1);
	});

	test('that names nobody yet is respected', async () => {
		const program = `setInterval(() => {
			require('node:fs').writeFileSync(${JSON.stringify(file)}, '');
			console.log('written');
		}, 5)`;
		const writer = spawn(process.execPath, ['-e', program]);
		await once(writer.stdout, 'data');
		await expect(take()).rejects.toMatchObject(busy);
		writer.kill();
		await once(writer, 'close');
	});

	test('is taken over from a process that was killed while it took over from another, and so on', async () => {
		const [pid, host] = [await endedPid(), os.hostname()];
		const tokens = ['aaaaaaaa-1', 'bbbbbbbb-2', 'cccccccc-3'];
		tokens.forEach((token, at) => {
			leave({host, pid, token}, 0, at === 0 ? file : `${file}.${tokens[at - 1]?.slice(0, 8)}`);
		});
		leave('', 40, `${file}.cccccccc`);
		const gone: string[] = [];
		const lock = lockFile(file, 'x', {
			onStale(token) {
				// Whoever is killed now leaves the stale lock for the next one.
				expect(readFileSync(file, 'utf8')).toContain(token);
				gone.push(token);
			},
		});
		expect(gone).toEqual(['aaaaaaaa-1']);
		expect(lock.isHeld()).toBe(true);
		expect(readdirSync(folder)).toEqual([path.basename(file)]);
		lock.release();
		expect(readdirSync(folder)).toEqual([]);
	});

	test('that was replaced in a circle is an error', async () => {
		const [pid, host] = [await endedPid(), os.hostname()];
		leave({host, pid, token: 'aaaaaaaa-1'});
		leave({host, pid, token: 'aaaaaaaa-1'}, 0, `${file}.aaaaaaaa`);
		await expect(take()).rejects.toMatchObject(busy);
	});

	test('of an ended process goes to one of many processes', async () => {
		const program = bundle();
		leave({host: os.hostname(), pid: await endedPid(), token: 'aaaaaaaa-1'});
		const script = `import {lockFile} from ${JSON.stringify(program)};
			import {setTimeout} from 'node:timers/promises';
			await setTimeout(${Date.now() + 1000} - Date.now());
			try { lockFile(${JSON.stringify(file)}, 'x'); console.log('taken'); } catch (error) { console.log(error.code); }
			process.stdin.resume();`;
		const all = Array.from({length: 6}, () => spawn(process.execPath, ['--input-type=module', '-e', script]));
		const said = await Promise.all(
			all.map(async ({stdout}) => String((await once(stdout, 'data'))[0]).trim()),
		);
		for (const {stdin} of all) stdin.end();
		expect(said.sort()).toEqual([...Array(5).fill('file_busy'), 'taken']);
		expect(readdirSync(folder).sort()).toEqual(['lock.mjs', path.basename(file)].sort());
	});

	test('is not removed by a process that has lost it', async () => {
		const lock = await take();
		leave({host: 'elsewhere', pid: 1, token: 'new'});
		expect(lock.isHeld()).toBe(false);
		lock.release();
		expect(readFileSync(file, 'utf8')).toContain('elsewhere');
	});

	test('outlasts another process that has no descriptor left', async () => {
		const lock = await take();
		const program = bundle();
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
