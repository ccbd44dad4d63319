import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';

export const isInstalled = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

const gnuTime = '/usr/bin/time';

/**
 * Runs a program to its end. Wall time in ms is always measured; CPU time in ms and peak memory in MB come from
 * GNU time, and are undefined without it.
 */
export async function measure([program, ...args], {cwd, env}) {
	const notes = path.join(cwd, '.time');
	const wrapped = existsSync(gnuTime)
		? [gnuTime, '-o', notes, '-f', '%U %S %M', program, ...args]
		: [program, ...args];
	const start = performance.now();
	const child = spawn(wrapped[0], wrapped.slice(1), {cwd, env, stdio: ['ignore', 'ignore', 'pipe']});
	let said = '';
	child.stderr.on('data', (text) => {
		said += text;
	});
	const [code] = await once(child, 'close');
	const wall = performance.now() - start;
	if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${said}`);
	if (!existsSync(notes)) return {wall};
	const [user, system, kilobytes] = readFileSync(notes, 'utf8').trim().split(/\s+/).map(Number);
	rmSync(notes);
	return {wall, cpu: (user + system) * 1000, memory: kilobytes / 1024};
}

export function median(numbers) {
	const sorted = [...numbers].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const usage = path.join(import.meta.dirname, 'usage.cjs');

/**
 * Runs Node to its end. The process itself says what it used, more exactly than GNU time: processor time in ms, and peak
 * memory in MB.
 */
export async function measureNode(args, {cwd, env}) {
	const start = performance.now();
	const child = spawn(process.execPath, ['--require', usage, ...args], {
		cwd,
		env,
		stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
	});
	let told = '';
	let complaints = '';
	child.stdio[3].on('data', (data) => {
		told += data;
	});
	child.stderr.on('data', (data) => {
		complaints += data;
	});
	const [code] = await once(child, 'close');
	const wall = performance.now() - start;
	if (code !== 0)
		throw new Error(`${args.slice(0, 5).join(' ')} ended with ${code}: ${complaints.slice(-500)}`);
	const {maxRSS, cpu} = JSON.parse(told);
	return {wall, cpu: cpu / 1000, memory: maxRSS / 1024};
}
