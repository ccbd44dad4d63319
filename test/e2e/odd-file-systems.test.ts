import {existsSync, mkdtempSync, readdirSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type Env, fails, kling, succeeds} from './kling.js';

/*
 * Network shares, container mounts, memory cards and user-space file systems: each refuses or ignores some
 * operations. A task from sign-in to sign-out on each of them.
 */
let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({speed: 1000});
});
afterAll(() => sandbox.close());

/** A file system is odd for a whole process. */
const alone = true;
const preload = path.join(import.meta.dirname, '..', 'support', 'odd-fs.cjs');

/** @param faults for each file system call, the code that it fails with, or `ignore` */
function oddFolder(faults: Record<string, string>, stats: Record<string, unknown> = {}) {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-odd-fs-'));
	const env: Env = {
		HOME: folder,
		XDG_CONFIG_HOME: path.join(folder, 'config'),
		XDG_DATA_HOME: path.join(folder, 'data'),
		KLING_BASE_URL: sandbox.baseUrl,
		NODE_OPTIONS: `--require "${preload.replaceAll('\\', '/')}"`,
		ODD_FOLDER: folder,
		ODD_FS: JSON.stringify(faults),
		ODD_STATS: JSON.stringify(stats),
	};
	return {folder, env};
}

const isWindows = process.platform === 'win32';
const noOwners = {uid: 54_322, mode: '777'};
const refusing = {chmod: 'EPERM', fchmod: 'EPERM', link: 'EPERM', symlink: 'EPERM', utimes: 'EPERM'};
const nothingToFlush = {fsync: 'EINVAL', fdatasync: 'EINVAL'};

describe.concurrent.each<[string, Record<string, string>, Record<string, unknown>]>([
	['has no links and does not state its free space', {link: 'EXDEV', statfs: 'ENOSYS'}, {}],
	['numbers its files anew each time and has nothing to flush', nothingToFlush, {ino: 'random'}],
	['ignores permissions', {chmod: 'ignore', fchmod: 'ignore'}, {mode: '777'}],
	[
		'shows another owner and refuses permissions, links and flushing',
		{...refusing, ...nothingToFlush},
		noOwners,
	],
])('on a file system that %s', (_, faults, stats) => {
	test('you can sign in, make a task, save its file, and find it again', async () => {
		const {folder, env} = oddFolder(faults, stats);
		const keys = JSON.stringify({access_key: sandbox.accessKey, secret_key: sandbox.secretKey});
		const login = await kling(['auth', 'login', '--with-stdin', '--insecure-storage'], {env, input: keys});
		expect(login).toMatchObject({code: 0});
		const warnsOnce = 'mode' in stats && !isWindows;
		expect(login.stderr.split('\n').filter((line) => line.startsWith('Warning'))).toEqual(
			warnsOnce ? [expect.stringContaining('has no permissions')] : [],
		);

		const file = path.join(folder, 'fox.mp4');
		const id = path.basename(folder);
		const create = ['video', 'create', 'a red fox', '--external-id', id, '--download', file, '-q'];
		const made = await kling(create, {env, alone});
		expect({code: made.code, stderr: made.stderr}).toEqual({code: 0, stderr: ''});
		expect(JSON.parse(made.stdout)).toMatchObject({success: true, file});
		expect(readdirSync(folder).filter((entry) => entry.startsWith('fox'))).toEqual(['fox.mp4']);

		// The same command line again pays for nothing, and the journal knows the task.
		const again = await kling(create, {env, alone});
		expect(JSON.parse(again.stdout)).toMatchObject({task_id: JSON.parse(made.stdout).task_id});
		const copy = path.join(folder, 'deep', 'copy.mp4');
		expect(await succeeds(['video', 'download', '@last', '-o', copy, '-q'], {env, alone})).toMatchObject({
			file: copy,
		});
		expect(readFileSync(copy).equals(readFileSync(file))).toBe(true);

		expect((await kling(['doctor'], {env, alone})).code).toBe(0);
		const logout = await kling(['auth', 'logout'], {env, alone});
		expect({code: logout.code, stderr: logout.stderr}).toEqual({code: 0, stderr: ''});
		expect(existsSync(path.join(folder, 'config', 'kling-cli', 'config.json'))).toBe(true);
	});
});

test('a disk that fails to flush is an error, not a file system without flushing', async () => {
	const {env} = oddFolder({fsync: 'EIO', fdatasync: 'EIO'});
	const keys = JSON.stringify({access_key: sandbox.accessKey, secret_key: sandbox.secretKey});
	const error = await fails(['auth', 'login', '--with-stdin', '--insecure-storage'], 10, {env, input: keys});
	expect(error).toMatchObject({code: 'write_error', message: expect.stringContaining('EIO')});
});
