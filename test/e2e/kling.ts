import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect} from 'vitest';
import type {Sandbox} from '../../src/sandbox/server.js';
import {shareCode} from '../support/shared-code.js';
import {runShared} from '../support/shared-process.js';

export const root = path.join(import.meta.dirname, '..', '..');
export const runJs = path.join(root, 'bin', 'run.js');

/** A home for the tests alone: nothing of the machine's user is read or written. */
const home = mkdtempSync(path.join(tmpdir(), 'kling-home-'));

shareCode(path.join(home, 'cache'));

export const cleanEnv = {
	PATH: process.env.PATH,
	TMPDIR: tmpdir(),
	HOME: home,
	XDG_CONFIG_HOME: path.join(home, 'config'),
	XDG_CACHE_HOME: path.join(home, 'cache'),
	XDG_DATA_HOME: path.join(home, 'data'),
};

export type Env = Record<string, string | undefined>;

interface RunOptions {
	env?: Env;
	cwd?: string;
	/** Text for stdin, which is then closed. Default: stdin is /dev/null. */
	input?: string;
	/** A file descriptor instead of a pipe. */
	stdout?: number;
	/**
	 * Whether it must be a process of its own. For tests that are about a process: its start, its streams, signals, what it
	 * leaves behind (docs/decisions/0106). Default: for command lines that need one.
	 */
	alone?: boolean;
}

export interface Finished {
	code: number | null;
	stdout: string;
	stderr: string;
	stdoutBytes: Buffer;
}

export function startKling(args: string[], {env = {}, cwd = home, input, stdout}: RunOptions = {}) {
	return spawn(process.execPath, [runJs, ...args], {
		cwd,
		env: {...cleanEnv, ...env},
		stdio: [input === undefined ? 'ignore' : 'pipe', stdout ?? 'pipe', 'pipe'],
	});
}

/**
 * Command lines that print before they start, read stdin, write files to stdout, or start programs that write to the
 * same stdout; and those with a progress line of oclif, which keeps a state.
 */
const needsProcess =
	/^(--version|autocomplete|plugins|sandbox|mcp serve|webhook listen|gallery (serve|open))\b|(-o|--output|--download)[ =]-( |$)/;

/** Settings of Node itself, which keeps some of what follows from them, such as connections. */
const isForNode = (name: string) => /^NODE_(?!OPTIONS$)/.test(name);

/** To check that sharing makes no difference: KLING_TEST_ALONE=1 npm run test:e2e */
const isEachAlone = process.env.KLING_TEST_ALONE !== undefined;

/** Runs the built command in a process that runs others as well, or in one of its own. */
export async function kling(args: string[], options: RunOptions = {}): Promise<Finished> {
	const {env = {}, input, stdout: descriptor} = options;
	const {alone = needsProcess.test(args.join(' ')) || Object.keys(env).some(isForNode)} = options;
	if (!(alone || isEachAlone) && input === undefined && descriptor === undefined) {
		const {code, stdout, stderr} = await runShared({
			args,
			cwd: options.cwd ?? home,
			env: {...cleanEnv, ...env},
		});
		return {code, stdout, stderr, stdoutBytes: Buffer.from(stdout)};
	}
	const child = startKling(args, options);
	const out: Buffer[] = [];
	const err: Buffer[] = [];
	child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
	child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
	child.stdin?.on('error', () => {}).end(options.input);
	const [code] = (await once(child, 'close')) as [number | null];
	const stdoutBytes = Buffer.concat(out);
	return {code, stdoutBytes, stdout: stdoutBytes.toString(), stderr: Buffer.concat(err).toString()};
}

export interface ErrorBody {
	code: string;
	message: string;
	hint?: string;
	[key: string]: unknown;
}

/** The success document, which must be the only content of stdout, indented by two spaces. */
export async function succeeds(args: string[], options?: RunOptions): Promise<Record<string, unknown>> {
	const {code, stdout, stderr} = await kling(args, options);
	expect({code, stderr: code === 0 ? '' : stderr + stdout}).toEqual({code: 0, stderr: ''});
	return documentOf(stdout) as Record<string, unknown>;
}

/** The error of a failure document, which must be the only content of stdout. */
export async function fails(args: string[], exit: number, options?: RunOptions): Promise<ErrorBody> {
	const {code, stdout, stderr} = await kling(args, options);
	const document = documentOf(stdout) as {success: unknown; error: ErrorBody};
	expect({code, document, stderr}).toMatchObject({code: exit, document: {success: false}});
	expect(Object.keys(document)).toEqual(['success', 'error']);
	expect(Object.keys(document.error).slice(0, 2)).toEqual(['code', 'message']);
	expect(stdout + stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
	return document.error;
}

function documentOf(stdout: string): unknown {
	const document: unknown = JSON.parse(stdout);
	expect(stdout).toBe(`${JSON.stringify(document, null, 2)}\n`);
	return document;
}

/** The environment that points the command at a sandbox. */
export const envOf = (sandbox: Sandbox): Env => ({
	KLING_BASE_URL: sandbox.baseUrl,
	KLING_ACCESS_KEY: sandbox.accessKey,
	KLING_SECRET_KEY: sandbox.secretKey,
});
