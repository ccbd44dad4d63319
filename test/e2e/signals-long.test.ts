import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {journalFile} from '../support/journal-file.js';
import {watch} from '../support/processes.js';
import {type Rehearsal, rehearse} from '../support/rehearsal.js';
import {runJs} from './kling.js';

/**
 * Every command that can take long: how it ends on a signal, or when nobody reads or writes at the other end.
 */
const running = '900000000000000104';
const done = '900000000000000101';
const soon = ['--interval', '100ms'];

/** A sandbox at Kling's speed, where nothing ends on its own. */
let plain: Rehearsal;

beforeAll(async () => {
	plain = await rehearse([], {speed: 1});
});

/** Starts a command, and sends a signal once the sandbox has received a request. */
async function stopped(args: string[], signal: NodeJS.Signals) {
	const own = await rehearse([{fault: 'slow-answer', times: 'always'}], {speed: 1});
	const child = own.start(...args);
	const {ended} = watch(child);
	await expect.poll(() => own.struck.length).toBeGreaterThan(0);
	child.kill(signal);
	return {...own, ended: await ended()};
}

const exits = {SIGINT: 130, SIGTERM: 143} as const;

describe.concurrent('a signal ends a wait with a document that says how to resume', () => {
	test.each([
		['SIGTERM', ['video', 'wait', running, ...soon]],
		['SIGINT', ['video', 'download', running, '-o', 'x.mp4', '--wait', ...soon]],
		['SIGTERM', ['video', 'download', running, '-o', 'x.mp4', '--wait', ...soon]],
	] as const)('%s: %j', async (signal, args) => {
		const {ended, files} = await stopped([...args], signal);
		expect(ended).toMatchObject({code: exits[signal], signal: null});
		expect(JSON.parse(ended.stdout).error).toMatchObject({
			code: signal === 'SIGINT' ? 'interrupted' : 'terminated',
			task_id: running,
			hint: expect.stringMatching(new RegExp(`kling video (wait|download) ${running}`)),
		});
		expect(files()).toEqual([]);
	});

	test.each(['SIGINT', 'SIGTERM'] as const)('%s: several tasks, a line for each', async (signal) => {
		const {ended} = await stopped(['video', 'wait', running, '900000000000000204', ...soon], signal);
		expect(ended).toMatchObject({code: exits[signal], signal: null});
		const lines = ended.stdout.trim().split('\n');
		expect(lines.map((line) => JSON.parse(line).error.task_id).sort()).toEqual([
			running,
			'900000000000000204',
		]);
	});
});

describe.concurrent('a signal ends commands that only read at once, without a partial document', () => {
	test.each([
		['SIGINT', ['video', 'list', '--all', '--type', 'all']],
		['SIGTERM', ['video', 'list', '--all', '--ndjson']],
		['SIGINT', ['video', 'status', done]],
	] as const)('%s: %j', async (signal, args) => {
		const {ended} = await stopped([...args], signal);
		expect([ended.code, ended.signal]).toSatisfy(([code, by]) => by === signal || code === exits[signal]);
		if (ended.stdout !== '') expect(JSON.parse(ended.stdout)).toMatchObject({success: false});
	});
});

test('SIGINT: reconcile leaves the journal unchanged, and can be run again', async () => {
	const own = await rehearse([{fault: 'slow-answer', times: 'always', after: 1}], {speed: 1});
	await own.succeeds('video', 'create', 'a fox', '--external-id', 'mine');
	const journal = () => readFileSync(journalFile(path.join(own.cwd, '..', 'data', 'kling-cli')), 'utf8');
	const before = journal();
	const child = own.start('video', 'reconcile');
	const {ended} = watch(child);
	await expect.poll(() => own.struck.length).toBeGreaterThan(0);
	child.kill('SIGINT');
	const {code, signal} = await ended();
	expect(signal ?? code).toBe(signal === null ? 130 : 'SIGINT');
	expect(journal()).toBe(before);
	expect(await own.succeeds('video', 'reconcile')).toMatchObject({count: 1, submissions: [{exists: true}]});
});

describe.concurrent('a reader of stdout that goes away ends it quietly with 141', () => {
	test.each([
		[['video', 'wait', done, '900000000000000102', '-q']],
		[['video', 'wait', done, '-q']],
		[['video', 'status', done, '900000000000000102', '--human']],
		[['video', 'list', '--all', '--type', 'all']],
		[['video', 'reconcile']],
		[['video', 'history']],
		[['video', 'download', done, '900000000000000102', '-o', 'many/']],
	])('%j', async (args) => {
		const child = plain.start(...args);
		child.stdout?.destroy();
		expect(await watch(child).ended()).toMatchObject({code: 141, signal: null, stdout: '', stderr: ''});
	});

	test('and a submission has its task in the journal', async () => {
		const own = await rehearse([], {speed: 1});
		const child = own.start('video', 'create', 'a fox');
		child.stdout?.destroy();
		const {stderr, ...ended} = await watch(child).ended();
		expect(ended).toMatchObject({code: 141, signal: null});
		const {tasks} = (await own.succeeds('video', 'history')) as {tasks: {task_id: string}[]};
		expect(own.sandbox.tasks()).toHaveLength(1);
		// What was paid for is named where it can still be read.
		expect(stderr).toMatch(
			new RegExp(`^Task ${own.sandbox.tasks()[0]?.id} was submitted with the external id \\S+\\. See: .*\n$`),
		);
		expect(tasks.map(({task_id}) => task_id)).toEqual(own.sandbox.tasks().map(({id}) => id));
	});
});

test('unread notes do not end a wait', async () => {
	const own = await rehearse([], {speed: 100});
	const child = own.start('video', 'create', 'a fox', '--wait', ...soon);
	child.stderr?.destroy();
	const {code, stdout} = await watch(child).ended();
	expect([code, JSON.parse(stdout).status]).toEqual([0, 'succeed']);
});

describe.concurrent('stdin', () => {
	/** Runs with a shell's redirection of stdin. */
	const shell = async (redirection: string, ...args: string[]) => {
		const {baseUrl, apiKey} = plain.sandbox;
		const words = ['sh', process.execPath, runJs, ...args];
		const child = spawn('sh', ['-c', `"$@" ${redirection}`, ...words], {
			cwd: plain.cwd,
			env: {PATH: process.env.PATH, HOME: plain.cwd, KLING_BASE_URL: baseUrl, KLING_API_KEY: apiKey},
			stdio: ['pipe', 'pipe', 'pipe'],
		});
		child.stdin.on('error', () => {});
		return watch(child).ended();
	};

	test.each([
		[['video', 'wait', '-'], 0],
		[['video', 'download', '-', '-o', 'many/'], 0],
		[['video', 'create', '-'], 2],
	])('that is closed or empty has no ids and no prompt: %j ends with %i', async (args, exit) => {
		for (const redirection of ['<&-', '</dev/null']) {
			const {code, stdout} = await shell(redirection, ...args);
			const error = stdout === '' ? undefined : JSON.parse(stdout).error.code;
			expect([code, error]).toEqual([exit, exit === 0 ? undefined : 'missing_prompt']);
		}
	});

	test.each([
		[['video', 'list', '--all', '-q']],
		[['video', 'reconcile']],
		[['sandbox', 'exec', '--', 'true']],
	])('that is closed does not affect commands that do not read it: %j', async (args) => {
		expect(await shell('<&-', ...args)).toMatchObject({code: 0, stderr: ''});
	});
});
