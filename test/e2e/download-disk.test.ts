import {spawn} from 'node:child_process';
import {
	chmodSync,
	chownSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	statSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {fakeMp4} from '../support/media.js';
import {watch} from '../support/processes.js';
import {cleanEnv, type Env, fails, runJs, succeeds} from './kling.js';
import {serveTask, surplusOf} from './served-task.js';

const args = ['video', 'download', '900000000000000101', '-o', 'x.mp4'];

/** Runs a download after a shell command, and returns the error. */
async function failsAfter(script: string, {cwd, env, uid}: {cwd: string; env: Env; uid?: number}) {
	const child = spawn('sh', ['-c', `${script}; exec "$@"`, 'sh', process.execPath, runJs, ...args], {
		cwd,
		env: {...cleanEnv, ...env},
		...(uid !== undefined && {uid, gid: uid}),
	});
	const {code, stdout} = await watch(child).ended();
	expect(code).toBe(10);
	return (JSON.parse(stdout) as {error: Record<string, string>}).error;
}

/** Blocks of 512 bytes, as in POSIX. */
const limitFiles = (blocks: number) => `ulimit -f ${blocks}`;

describe.concurrent('a full disk', () => {
	test('keeps the part file, says where, and the same command resumes when there is space', async () => {
		const {server, cwd, env, file, part} = await serveTask();
		const error = await failsAfter(limitFiles(3000), {cwd, env});
		expect(error).toMatchObject({code: 'disk_full', path: file});
		expect(error.hint).toContain(
			`Make room on the disk. 1.5 MB are kept in ${part}. Continue: kling video download`,
		);
		expect(statSync(part).size).toBe(3000 * 512);
		expect(readdirSync(cwd).sort()).toEqual(['x.mp4.part', 'x.mp4.part.json']);
		const sentBefore = server.seen.length;
		const document = await succeeds([...args, '-v'], {cwd, env});
		expect(document).toMatchObject({resumed: true});
		expect(readFileSync(file).equals(server.file.bytes)).toBe(true);
		expect(server.seen.at(sentBefore)?.range).toBe(`bytes=${3000 * 512}-2999999`);
	});

	test('keeps what came before space for all connections could be reserved', async () => {
		const {server, cwd, env, file, part} = await serveTask({bytes: fakeMp4(12_000_000), rate: 4_000_000});
		const error = await failsAfter(limitFiles(20_000), {cwd, env});
		expect(error.code).toBe('disk_full');
		expect(statSync(part).size).toBeLessThan(12_000_000);
		server.file.rate = undefined;
		expect(await succeeds([...args, '-v'], {cwd, env})).toMatchObject({resumed: true});
		expect(readFileSync(file).equals(server.file.bytes)).toBe(true);
		expect(surplusOf(server)).toBeLessThan(8_000_000);
	});
});

describe.concurrent('a folder that is moved away during the transfer', () => {
	test('is write_error, and nothing is put into the folder in its place', async () => {
		const {server, cwd, env} = await serveTask({rate: 1_000_000});
		mkdirSync(path.join(cwd, 'clips'));
		const words = [...args.slice(0, -1), 'clips/x.mp4', '-q'];
		const failing = fails(words, 10, {cwd, env});
		while (!readdirSync(path.join(cwd, 'clips')).includes('x.mp4.part')) await sleep(10);
		renameSync(path.join(cwd, 'clips'), path.join(cwd, 'moved'));
		mkdirSync(path.join(cwd, 'clips'));
		const error = await failing;
		expect(error).toMatchObject({code: 'write_error', retryable: false});
		expect(error.message).toContain('its folder, or the part file in it, was moved or removed');
		expect(readdirSync(path.join(cwd, 'clips'))).toEqual([]);
		server.file.rate = undefined;
		await succeeds(words, {cwd, env});
		expect(readFileSync(path.join(cwd, 'clips', 'x.mp4')).equals(server.file.bytes)).toBe(true);
	});
});

describe.concurrent('what can be known before the transfer', () => {
	test('a read-only folder', async () => {
		const {server, env} = await serveTask();
		const cwd = mkdtempSync(path.join(tmpdir(), 'kling-read-only-'));
		const home = mkdtempSync(path.join(tmpdir(), 'kling-nobody-'));
		// Nothing is read-only to root.
		const uid = process.getuid?.() === 0 ? 65_534 : undefined;
		if (uid !== undefined) chownSync(home, uid, uid);
		chmodSync(cwd, 0o555);
		const error = await failsAfter(':', {
			cwd,
			env: {...env, HOME: home, XDG_DATA_HOME: home},
			...(uid && {uid}),
		});
		expect(error).toMatchObject({code: 'write_error', path: path.join(cwd, 'x.mp4')});
		expect(error.message).toContain('permission denied');
		expect(server.seen).toEqual([]);
	});

	test('a name that is too long', async () => {
		const {server, cwd, env} = await serveTask();
		const name = `${'x'.repeat(250)}.mp4`;
		const error = await fails([...args.slice(0, 3), '-o', name], 10, {cwd, env});
		expect(error).toMatchObject({
			code: 'write_error',
			message: expect.stringContaining('the name is too long'),
		});
		expect(server.seen).toEqual([]);
	});

	test('a file larger than the disk, whatever size it claims', async () => {
		const {server, cwd, env} = await serveTask();
		server.fault = (_, response) => {
			const headers = {'content-length': 10 ** 14, etag: '"v1"', 'accept-ranges': 'bytes'};
			response.writeHead(200, headers).write(Buffer.alloc(1000));
			return true;
		};
		const error = await fails(args, 10, {cwd, env});
		expect(error).toMatchObject({
			code: 'disk_full',
			message: expect.stringContaining('100000000.0 MB are still to come'),
		});
		expect(readdirSync(cwd)).not.toContain('x.mp4');
	});

	test('a folder where the file should be', async () => {
		const {server, cwd, env} = await serveTask();
		mkdirSync(path.join(cwd, '900000000000000101.mp4'));
		const error = await fails([...args.slice(0, 3), '-o', '{task_id}.{ext}'], 10, {cwd, env});
		expect(error).toMatchObject({code: 'write_error', message: expect.stringContaining('it is a folder')});
		expect(server.seen).toEqual([]);
	});
});
