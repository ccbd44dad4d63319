import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import {isCreateTaskResultV2, isDetailedTaskV2} from '@modelcontextprotocol/ext-tasks/core/v2';
import {afterAll, expect, test} from 'vitest';
import {openStudio, type Studio} from '../support/mcp.js';
import {runJs} from './kling.js';

/**
 * The official client does not support task handles, so this one implements them; the extension's own package
 * checks the results.
 */
const extension = 'io.modelcontextprotocol/tasks';

interface Reply {
	result?: Record<string, unknown>;
	error?: {code: number; message: string; data?: unknown};
}

const ends: (() => void)[] = [];
afterAll(() => {
	for (const end of ends) end();
});

function connect({env, root}: Studio, extensions: object) {
	const child = spawn(process.execPath, [runJs, 'mcp', 'serve', '--root', root], {env, stdio: 'pipe'});
	ends.push(() => child.stdin.end());
	const waiting = new Map<number, (reply: Reply) => void>();
	createInterface({input: child.stdout}).on('line', (line) => {
		const {id, ...reply} = JSON.parse(line);
		waiting.get(id)?.(reply);
	});
	const _meta = {
		'io.modelcontextprotocol/protocolVersion': '2026-07-28',
		'io.modelcontextprotocol/clientInfo': {name: 'raw', version: '1.0.0'},
		'io.modelcontextprotocol/clientCapabilities': {extensions},
	};
	let last = 0;
	return (method: string, params: object = {}): Promise<Reply> => {
		last += 1;
		const message = {jsonrpc: '2.0', id: last, method, params: {...params, _meta}};
		child.stdin.write(`${JSON.stringify(message)}\n`);
		return new Promise((resolve) => waiting.set(last, resolve));
	};
}

const wait = (task_id: string) => ['tools/call', {name: 'wait', arguments: {task_id}}] as const;

test('a client with the tasks extension gets a handle, and follows it to the end', async () => {
	let later = 0;
	const studio = await openStudio([], {speed: 1, now: () => Date.now() + later});
	const send = connect(studio, {[extension]: {}});
	const {result: discovered} = await send('server/discover');
	expect(discovered?.capabilities).toMatchObject({extensions: {[extension]: {}}});
	const {result: handle} = await send(...wait('900000000000000104'));
	expect(handle).toMatchObject({resultType: 'task', taskId: '900000000000000104', status: 'working'});
	expect(isCreateTaskResultV2(handle as never)).toBe(true);
	const look = async () => {
		const {result} = await send('tasks/get', {taskId: handle?.taskId});
		expect(isDetailedTaskV2(result as never)).toBe(true);
		return result;
	};
	expect(await look()).toMatchObject({status: 'working'});
	later = 3_600_000;
	expect(await look()).toMatchObject({
		resultType: 'complete',
		status: 'completed',
		result: {structuredContent: {success: true, status: 'succeed'}},
	});
	// A finished task needs no handle.
	expect((await send(...wait('900000000000000104'))).result).toMatchObject({
		resultType: 'complete',
		structuredContent: {status: 'succeed'},
	});
});

test('a failed task is completed with an error; an unknown one, and a client without the extension, are refused', async () => {
	const studio = await openStudio([], {speed: 0.01});
	const send = connect(studio, {[extension]: {}});
	expect((await send('tasks/get', {taskId: '900000000000000103'})).result).toMatchObject({
		status: 'completed',
		result: {isError: true, structuredContent: {error: {code: 'content_policy'}}},
	});
	expect((await send('tasks/get', {taskId: '900000000000009999'})).error).toMatchObject({code: -32602});
	expect((await send('tasks/get', {taskId: '--help'})).error).toMatchObject({code: -32602});
	expect((await send('tasks/cancel', {taskId: '900000000000000104'})).result).toMatchObject({
		resultType: 'complete',
	});
	expect((await send('tasks/get', {taskId: 'text2video/900000000000000201'})).result).toMatchObject({
		status: 'completed',
	});
	const plain = connect(studio, {});
	expect((await plain('tasks/get', {taskId: '900000000000000104'})).error).toMatchObject({
		code: -32021,
		data: {requiredCapabilities: {extensions: {[extension]: {}}}},
	});
	const {result} = await plain('tools/call', {
		name: 'wait',
		arguments: {task_id: '900000000000000104', seconds: 1},
	});
	expect(result).toMatchObject({resultType: 'complete', structuredContent: {status: 'processing'}});
});
