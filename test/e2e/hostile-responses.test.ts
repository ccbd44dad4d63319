import {mkdtempSync} from 'node:fs';
import {createServer, type Server, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {gzipSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {listen} from '../support/raw-server.js';
import {kling} from './kling.js';

/**
 * Whatever arrives instead of the response to a submission: it is sent once, nothing hangs, and the task is
 * found or named.
 */
const id = '900000000999000001';

interface Api {
	server: Server;
	port: number;
	/** Number of submissions received. */
	posts: number;
}

const open: Server[] = [];
afterAll(() => {
	for (const server of open) server.close();
});

/** The headers and body of a complete response. */
function whole(body: string | Buffer, more = '', status = '200 OK'): Buffer {
	const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n`;
	return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

const success = (data?: object) =>
	JSON.stringify({code: 0, message: 'SUCCEED', request_id: 'r', ...(data && {data})});
const taskNamed = (name: string) => ({
	task_id: id,
	task_status: 'submitted',
	task_info: {external_task_id: name},
	created_at: 1_790_000_000_000,
	updated_at: 1_790_000_000_000,
});
const notFound = JSON.stringify({
	code: 1201,
	message: 'Task not found by id/external id: x',
	request_id: 'r',
});

/** An API that responds to submissions as a test says, and may or may not know the resulting task. */
async function api(answer: (socket: Socket, name: string) => void, isMade: boolean): Promise<Api> {
	let made = '';
	const server = createServer((socket) => {
		let text = '';
		socket.on('error', () => {});
		socket.on('data', (chunk) => {
			text += chunk;
			const [head = '', body] = text.split('\r\n\r\n');
			const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
			if (body === undefined || Buffer.byteLength(body) < length) return;
			text = '';
			if (head.startsWith('GET')) {
				const found = whole(success(taskNamed(made)));
				socket.write(isMade && head.includes(made) ? found : whole(notFound, '', '400 Bad Request'));
				return;
			}
			one.posts++;
			made = /"external_task_id":"([^"]*)"/.exec(body)?.[1] ?? '';
			answer(socket, made);
		});
	});
	open.push(server);
	const one: Api = {server, port: await listen(server), posts: 0};
	return one;
}

const cases: [string, (socket: Socket, name: string) => void][] = [
	['success without data', (socket) => socket.end(whole(success()))],
	['success with empty data', (socket) => socket.end(whole(success({})))],
	['an empty body', (socket) => socket.end(whole(''))],
	['204', (socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n')],
	['304', (socket) => socket.end('HTTP/1.1 304 Not Modified\r\n\r\n')],
	['205 with a body', (socket, name) => socket.end(whole(success(taskNamed(name)), '', '205 Reset Content'))],
	[
		'303 to the list of tasks',
		(socket) => socket.end(whole('', 'Location: /v1/videos/omni-video\r\n', '303 See Other')),
	],
	[
		'307 to itself',
		(socket) => socket.end(whole('', 'Location: /v1/videos/omni-video\r\n', '307 Temporary Redirect')),
	],
	['a body that stops after the headers', (socket) => socket.write(whole(success(), '').subarray(0, 120))],
	[
		'chunks that are cut',
		(socket) =>
			socket.end(
				`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${(40).toString(16)}\r\n{"code":0,"dat`,
			),
	],
	[
		'a length that is too long',
		(socket, name) =>
			socket.end(
				whole(success(taskNamed(name)), '')
					.toString()
					.replace(/Length: \d+/, 'Length: 5000'),
			),
	],
	['garbage behind the document', (socket, name) => socket.end(whole(`${success(taskNamed(name))}garbage`))],
	[
		'a gzip bomb',
		(socket) => socket.end(whole(gzipSync(Buffer.alloc(64_000_000, 32)), 'Content-Encoding: gzip\r\n')),
	],
	[
		'invalid gzip',
		(socket, name) => socket.end(whole(success(taskNamed(name)), 'Content-Encoding: gzip\r\n')),
	],
	[
		'103, then a reset',
		(socket) =>
			void socket.write('HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n', () => socket.resetAndDestroy()),
	],
	[
		'a task of another name, twice',
		(socket) =>
			socket.end(Buffer.concat([whole(success(taskNamed('other'))), whole(success(taskNamed('more')))])),
	],
	[
		'a code that is a text',
		(socket, name) => socket.end(whole(JSON.stringify({code: '0', data: taskNamed(name)}))),
	],
	[
		'a number as id',
		(socket, name) =>
			socket.end(whole(JSON.stringify({code: 0, data: {...taskNamed(name), task_id: 9.5e25}}))),
	],
	[
		'a path as id',
		(socket, name) => socket.end(whole(success({...taskNamed(name), task_id: '../../admin'}))),
	],
	['a list', (socket, name) => socket.end(whole(JSON.stringify([{code: 0, data: taskNamed(name)}])))],
	[
		'a document a thousand levels deep',
		(socket) => socket.end(whole(`{"code":0,"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)),
	],
];

/** An external id for a case. */
const nameOf = (text: string) => text.replaceAll(/\W+/g, '-');

let home: string;
beforeAll(() => {
	home = mkdtempSync(path.join(tmpdir(), 'kling-hostile-'));
});

const submit = (port: number, name: string, ...more: string[]) =>
	kling(['video', 'create', 'a fox', '--external-id', name, '--request-timeout', '2s', ...more], {
		env: {
			KLING_BASE_URL: `http://127.0.0.1:${port}`,
			KLING_ACCESS_KEY: 'ak',
			KLING_SECRET_KEY: 'sk',
			XDG_DATA_HOME: home,
		},
	});

describe('the response to a create is', () => {
	test.each(cases)('%s: the task is found, and paid for once', async (name, answer) => {
		const one = await api(answer, true);
		const {code, stdout, stderr} = await submit(one.port, nameOf(name));
		expect({code, stderr: code === 0 ? '' : stderr, stdout}).toMatchObject({code: 0, stderr: ''});
		expect(JSON.parse(stdout)).toMatchObject({task_id: id});
		expect(one.posts).toBe(1);
	});

	test('lost, and no task is found: the error names the external id', async () => {
		const some = cases.filter(([name]) => /without data|empty body|303|list|gzip bomb/.test(name));
		expect(some.length).toBeGreaterThan(4);
		const unknown = async ([text, answer]: (typeof cases)[number]) => {
			const name = `lost-${nameOf(text)}`;
			const one = await api(answer, false);
			const {code, stdout} = await submit(one.port, name, '--wait', '--timeout', '3s');
			expect({code, posts: one.posts, error: JSON.parse(stdout).error}).toMatchObject({
				code: 11,
				posts: 1,
				error: {code: 'submit_unknown', external_task_id: name},
			});
		};
		await Promise.all(some.map(unknown));
	});
});

test('HTTP/1.0 that closes, and informational responses before the real one, are responses', async () => {
	const old = await api(
		(socket, name) => socket.end(`HTTP/1.0 200 OK\r\n\r\n${success(taskNamed(name))}`),
		false,
	);
	expect(await submit(old.port, 'old')).toMatchObject({code: 0, stdout: expect.stringContaining(id)});
	const hinted = await api((socket, name) => {
		socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n');
		socket.end(whole(success(taskNamed(name))));
	}, false);
	expect(await submit(hinted.port, 'hinted')).toMatchObject({code: 0, stdout: expect.stringContaining(id)});
	expect([old.posts, hinted.posts]).toEqual([1, 1]);
});
