/* Times two programs in turns. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

/** Milliseconds of one run. @throws when it cannot be run or ends with another status */
export async function time({file, args, env, status = 0, before = () => {}}) {
	before();
	const start = process.hrtime.bigint();
	const child = spawn(file, args, {env, stdio: 'ignore'});
	const [code] = await once(child, 'exit');
	const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
	if (code !== status) throw new Error(`${file} ${args.join(' ')} ended with ${code}`);
	return milliseconds;
}

const folder = mkdtempSync(path.join(tmpdir(), 'kling-bench-cpu-'));
const preload = path.join(folder, 'tell.cjs');
const figure = path.join(folder, 'figure');
writeFileSync(
	preload,
	`process.on('exit', () => {
		const {user, system} = process.cpuUsage();
		require('node:fs').writeFileSync(${JSON.stringify(figure)}, String(user + system));
	});`,
);

/** Milliseconds of processor time of one run of Node, which other programs on the machine hardly change. */
export async function cpuTime(one) {
	await time({...one, args: ['--require', preload, ...one.args]});
	return Number(readFileSync(figure, 'utf8')) / 1000;
}

const middle = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];

/**
 * @param one what to run, with `node`, the Node whose `-e 0` it is compared with
 * @param measure `time` or `cpuTime`
 * @returns ratios of the medians and of the fastest runs, and the median of `one` in milliseconds
 */
export async function compare(one, runs, measure = time) {
	const base = {file: one.node, args: ['-e', '0'], env: one.env};
	// First reads from disk, and whatever fills the cache.
	for (let warm = 0; warm < 2; warm += 1) {
		await measure(base);
		await measure(one);
	}
	const bases = [];
	const times = [];
	for (let run = 0; run < runs; run += 1) {
		bases.push(await measure(base));
		times.push(await measure(one));
	}
	return {
		median: middle(times) / middle(bases),
		quickest: Math.min(...times) / Math.min(...bases),
		milliseconds: middle(times),
	};
}
