/*
 * How many tasks per second the sandbox accepts, and how much memory it needs for many: `node bench/sandbox.js [--tasks N]`.
 * The built program serves, this process sends requests over kept connections; nothing leaves the machine.
 */
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import http from 'node:http';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {makeHome, startSandbox} from './home.js';

const {tasks, connections} = parseArgs({
	options: {tasks: {type: 'string', default: '100000'}, connections: {type: 'string', default: '16'}},
}).values;
const folder = mkdtempSync(path.join(tmpdir(), 'kling-bench-sandbox-'));
const server = await startSandbox(makeHome(folder), ['--speed', '1000000', '--slots', '1000']);
const baseUrl = server.keys.KLING_BASE_URL;
const agent = new http.Agent({keepAlive: true, maxSockets: Number(connections)});

function create(number) {
	const body = JSON.stringify({
		model_name: 'kling-v2-5-turbo',
		prompt: 'A paper boat drifts along a gutter.',
		external_task_id: `bench-${number}`,
	});
	return new Promise((resolve, reject) => {
		const request = http.request(`${baseUrl}/v1/videos/text2video`, {
			method: 'POST',
			agent,
			headers: {
				authorization: `Bearer ${server.apiKey}`,
				'content-type': 'application/json',
				'content-length': Buffer.byteLength(body),
			},
		});
		request.on('error', reject);
		request.on('response', (response) => {
			response.resume();
			response.on('end', () =>
				response.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${response.statusCode}`)),
			);
		});
		request.end(body);
	});
}

const megabytes = () => {
	const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? [];
	return Math.round(Number(kilobytes) / 1024);
};

/** CPU seconds of the server: what it would take with its own core. */
const cpuSeconds = () => {
	const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ');
	return (Number(fields[11]) + Number(fields[12])) / 100;
};

const atStart = megabytes();
const cpuBefore = cpuSeconds();
const begun = performance.now();
let next = 0;
await Promise.all(
	Array.from({length: Number(connections)}, async () => {
		while (next < Number(tasks)) await create(next++);
	}),
);
const seconds = (performance.now() - begun) / 1000;
const cpu = cpuSeconds() - cpuBefore;
const perSecond = (time) => Math.round(Number(tasks) / time).toLocaleString('en');
console.log('| Creates | A second | A second of its processor time | Memory before | Memory after |');
console.log('| --- | --- | --- | --- | --- |');
console.log(
	`| ${Number(tasks).toLocaleString('en')} | ${perSecond(seconds)} | ${perSecond(cpu)} | ${atStart} MB | ${megabytes()} MB |`,
);
await server.close();
rmSync(folder, {recursive: true, force: true});
process.exit();
