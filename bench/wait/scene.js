/* What waiting is measured with: a stand-in for the API that responds late, and the arguments of Node for each program. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {makeHome, runJs} from '../home.js';
import {measureNode} from '../measure.js';

/** Milliseconds until the server responds. */
export const latency = 50;

const idsOf = (count) =>
	Array.from({length: count}, (_, index) => String(900_000_000_000_000_000n + BigInt(index)));

const commands = {
	kling: (count, {api = 'v1'}) => [
		...[runJs, 'video', 'wait', ...idsOf(count), '--type', 'create', '--api', api],
		...['--concurrency', '50', '--quiet'],
	],
	'bare node': (count, {base}) => [path.join(import.meta.dirname, 'bare-node.js'), base, String(count)],
};

/**
 * @param lists whether lists show the tasks, so that one page says how many of them are
 * @param api the standard of the API that kling uses
 */
export async function makeScene({lists, api}) {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-bench-wait-'));
	const words = [path.join(import.meta.dirname, 'server.js'), String(latency), lists ? 'lists' : 'none'];
	const server = spawn(process.execPath, words, {stdio: ['ignore', 'pipe', 'inherit']});
	const base = `http://127.0.0.1:${Number(await once(server.stdout, 'data'))}`;
	const env = {...makeHome(folder), KLING_BASE_URL: base, KLING_API_KEY: 'bench'};
	return {
		/** Lets a program wait for so many tasks once. */
		async wait(program, count) {
			const used = await measureNode(commands[program](count, {base, api}), {cwd: folder, env});
			return {...used, requests: Number(await (await fetch(`${base}/requests`)).text())};
		},
		close() {
			server.kill();
			rmSync(folder, {recursive: true, force: true});
		},
	};
}
