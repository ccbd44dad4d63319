import {execFileSync, spawn} from 'node:child_process';
import path from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {openStudio, type Studio} from '../support/mcp.js';
import {watch} from '../support/processes.js';
import {root as repository, runJs} from './kling.js';

/** The child processes of a process. */
function childrenOf(pid: number): number[] {
	const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=']).toString().trim().split('\n');
	const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
	return pairs.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

/** Resolves when a condition holds; otherwise the test's time limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}

const foxes = (words: string) => ({prompt: `a fox, ${words}`, duration: 5});

/** The journal's view of the newest submission. */
async function newest(studio: Studio): Promise<Record<string, unknown>> {
	const {stdout} = await studio.run('video', 'history', '--limit', '1');
	return JSON.parse(stdout).tasks[0];
}

describe('whoever goes', () => {
	/** Tasks run as long as at Kling, and each POST is answered late. */
	const slow = () =>
		openStudio([{fault: 'slow-answer', match: {method: 'POST'}, times: 'always'}], {speed: 1});

	test.concurrent('a client that is killed while it waits leaves no process behind', async () => {
		const studio = await openStudio([], {speed: 0.01});
		const script = path.join(repository, 'test', 'support', 'waiting-client.js');
		const server = [process.execPath, runJs, 'mcp', 'serve', '--root', studio.root];
		const client = spawn(process.execPath, [script, '900000000000000104', ...server], {
			env: studio.env,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const printed = await watch(client).prints(/progress/);
		const pid = Number(/server (\d+)/.exec(printed)?.[1]);
		const waiting = childrenOf(pid);
		expect(waiting).toHaveLength(1);
		client.kill('SIGKILL');
		await until(() => ![pid, ...waiting].some(isAlive));
	});

	test.concurrent('a wait that is cancelled ends its process, and the server continues', async () => {
		const studio = await openStudio([], {speed: 0.01});
		const agent = await studio.agent();
		const cancel = new AbortController();
		const onprogress = () => cancel.abort('enough');
		const waited = agent.call('wait', {task_id: '900000000000000104'}, {signal: cancel.signal, onprogress});
		await expect(waited).rejects.toThrow();
		await until(() => childrenOf(agent.pid).length === 0);
		expect(await agent.call('status', {task_id: '900000000000000104'})).toMatchObject({
			document: {status: 'processing'},
		});
	});

	test.concurrent('a wait that is too short says that the task still runs', async () => {
		const studio = await openStudio([], {speed: 0.01});
		const agent = await studio.agent();
		const messages: number[] = [];
		const onprogress = ({progress}: {progress: number}) => void messages.push(progress);
		const answer = await agent.call('wait', {task_id: '900000000000000104', seconds: 1}, {onprogress});
		expect(answer).toMatchObject({
			isError: false,
			document: {success: true, task_id: '900000000000000104', status: 'processing'},
			texts: [expect.stringContaining('call wait again')],
		});
		expect(messages).toEqual([...messages].sort((a, b) => a - b));
		expect(await agent.call('wait', {task_id: '900000000000000104', seconds: 60})).toMatchObject({
			error: {code: 'invalid_argument', message: 'seconds is not between 1 and 45'},
		});
	});

	test.concurrent('a submission that is cancelled is seen through, and the same call gives its task', async () => {
		const studio = await slow();
		const agent = await studio.agent();
		const cancel = new AbortController();
		const call = agent.call('create_video', foxes('cancelled'), {signal: cancel.signal});
		await until(() => studio.made().length === 1);
		cancel.abort('enough');
		await expect(call).rejects.toThrow();
		const again = await agent.call('create_video', foxes('cancelled'));
		expect(again.document).toMatchObject({success: true, external_task_id: studio.made()[0]});
		expect(studio.made()).toHaveLength(1);
	});

	test.concurrent.each(['closes stdin', 'sends SIGTERM'])(
		'a client that %s in the middle of a submission loses no task',
		async (way) => {
			const studio = await slow();
			const agent = await studio.agent();
			const call = agent.call('create_video', foxes(way)).catch(() => undefined);
			await until(() => studio.made().length === 1);
			if (way === 'sends SIGTERM') process.kill(agent.pid, 'SIGTERM');
			else void agent.close();
			await call;
			await until(() => !isAlive(agent.pid));
			expect(await newest(studio)).toMatchObject({
				external_task_id: studio.made()[0],
				task_id: studio.sandbox.tasks().at(-1)?.id,
			});
			const next = await studio.agent();
			expect((await next.call('create_video', foxes(way))).document).toMatchObject({success: true});
			expect(studio.made()).toHaveLength(1);
		},
	);

	test.concurrent('a server that is killed in the middle of a submission loses no task', async () => {
		const studio = await slow();
		const agent = await studio.agent();
		const call = agent.call('create_video', foxes('killed')).catch(() => undefined);
		await until(() => studio.made().length === 1);
		process.kill(agent.pid, 'SIGKILL');
		await call;
		const next = await studio.agent();
		expect((await next.call('create_video', foxes('killed'))).document).toMatchObject({
			success: true,
			external_task_id: studio.made()[0],
		});
		expect(studio.made()).toHaveLength(1);
	});

	test.concurrent('two clients that ask for the same at once get one task', async () => {
		const studio = await slow();
		const agents = await Promise.all([studio.agent(), studio.agent({protocol: '2025-11-25'})]);
		const ask = () => Promise.all(agents.map((agent) => agent.call('create_video', foxes('twice'))));
		await ask();
		const ids = (await ask()).map(({document}) => document.task_id);
		expect(new Set(ids).size).toBe(1);
		expect(ids[0]).toBeDefined();
		expect(studio.made()).toHaveLength(1);
	});
});

describe('stdin and stdout', () => {
	let studio: Studio;
	beforeAll(async () => {
		studio = await openStudio();
	});

	const serve = (flags: string[] = [], env: Record<string, string> = {}) =>
		spawn(process.execPath, [runJs, 'mcp', 'serve', '--root', studio.root, ...flags], {
			env: {...studio.env, ...env},
			stdio: 'pipe',
		});
	const initialize = {
		jsonrpc: '2.0',
		id: 1,
		method: 'initialize',
		params: {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 'raw', version: '1'}},
	};
	const callList = {jsonrpc: '2.0', id: 2, method: 'tools/call', params: {name: 'list', arguments: {}}};

	test('nothing but the protocol is on stdout, whatever is to be said', async () => {
		const child = serve(['--debug', '--human'], {
			KLING_HUMAN: '1',
			KLING_DEBUG: '1',
			DEBUG: '*',
			NODE_DEBUG: 'http',
		});
		const seen = watch(child);
		for (const message of [initialize, callList]) child.stdin.write(`${JSON.stringify(message)}\n`);
		await seen.prints(/"id":2/);
		child.stdin.end();
		const {code, stdout, stderr} = await seen.ended();
		expect(code).toBe(0);
		expect(stderr).toMatch(/^debug: .*GET/m);
		expect(stdout + stderr).not.toContain(studio.sandbox.secretKey);
		const messages = stdout
			.trimEnd()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(messages.every(({jsonrpc}) => jsonrpc === '2.0')).toBe(true);
		expect(messages.find(({id}) => id === 2).result.structuredContent).toMatchObject({success: true});
	});

	test('a stdin of rubbish ends as one that is closed', async () => {
		const child = serve();
		child.stdin.end('rubbish\n{"jsonrpc": "2.0"}\n[]\n\0\xff\n{"jsonrpc": "2.0", "id": 1, "meth');
		const {code, signal} = await watch(child).ended();
		expect({code, signal}).toEqual({code: 0, signal: null});
	});

	test('SIGTERM ends it with its status, and keys are nowhere', async () => {
		const child = serve();
		const seen = watch(child);
		child.stdin.write(`${JSON.stringify(initialize)}\n`);
		await seen.prints(/"id":1/);
		child.kill('SIGTERM');
		const {code, stdout, stderr} = await seen.ended();
		expect(code).toBe(143);
		expect(stdout + stderr).not.toContain(studio.sandbox.secretKey);
	});

	test('a wrong flag or root is an error on stderr', async () => {
		for (const flags of [
			['--allow-spend', 'much'],
			['--root', path.join(studio.home, 'missing')],
		]) {
			const {code, stdout, stderr} = await watch(serve(flags)).ended();
			expect(code).toBeGreaterThan(0);
			expect({stdout, document: JSON.parse(stderr)}).toMatchObject({stdout: '', document: {success: false}});
		}
	});
});
