/*
 * How well workers on one queue keep the account's slots in use: equal tasks on slots of a sandbox, processed by one, two and
 * four workers. Measures the time from the first submission to the last file, divided by the ideal of tasks × duration ÷
 * slots; what a job costs besides its task; and the most memory that a worker took. Usage, after a build and `npm ci --prefix
 * plugins/farm --ignore-scripts`: farm.js [--write] [URL [TASKS [SLOTS [SPEED]]]]; without a URL a redis-server is started. --write puts
 * the table into the guide.
 */
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {availableParallelism, loadavg, tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {makeHome, runJs, startSandbox} from './home.js';

const words = process.argv.slice(2);
const isWritten = words.includes('--write');
const [url, ...numbers] = words.filter((word) => word !== '--write');
const [tasks = 300, slots = 20, speed = 20] = numbers.map(Number);
/** Seconds of a kling-v3-omni task, at Kling and in the sandbox. */
const usual = 83;
const seconds = usual / speed;
/** Megabytes. */
const maxMemory = 150;

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'kling-bench-farm-'));
const base = makeHome(folder);
const children = [];

function start(words, env, stdio = ['ignore', 'pipe', 'ignore']) {
	const child = spawn(words[0], words.slice(1), {cwd: folder, env: {...base, ...env}, stdio});
	children.push(child);
	return child;
}

async function startRedis() {
	const port = 20_000 + (process.pid % 20_000);
	start(
		['redis-server', '--port', String(port), '--save', '', '--appendonly', 'yes', '--dir', folder],
		{},
		'ignore',
	);
	await new Promise((resolve) => setTimeout(resolve, 500));
	return `redis://127.0.0.1:${port}`;
}

/** Peak memory of a process so far, in megabytes. */
function peakOf(child) {
	try {
		return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
	} catch {
		return 0;
	}
}

function linesIn(output) {
	return (
		readdirSync(output, {recursive: true, encoding: 'utf8'})
			.filter((name) => name.endsWith('.ndjson'))
			.flatMap((name) => readFileSync(path.join(output, name), 'utf8').split('\n'))
			// A worker that got no task writes none.
			.filter((line) => line !== '')
			.map((line) => JSON.parse(line))
	);
}

/** Puts the figures of this run into the guide, between its two marks. */
function writeTable(table) {
	const guide = path.join(root, 'docs', 'farm-guide.md');
	const text = readFileSync(guide, 'utf8');
	const [start, end] = ['<!-- bench:farm -->\n', '<!-- /bench:farm -->'].map((mark) => text.indexOf(mark));
	if (start < 0 || end < start) throw new Error('The guide has no marks of bench:farm');
	const head = text.slice(0, text.indexOf('\n', start) + 1);
	writeFileSync(guide, `${head}${table}\n${text.slice(end)}`);
}

async function measure(queue, workers) {
	const sandbox = await startSandbox(base, ['--slots', '1000', '--speed', String(speed)]);
	const env = {...sandbox.keys, KLING_FARM_QUEUE: queue};
	const farm = [process.execPath, runJs, 'farm'];
	execFileSync(
		farm[0],
		[...farm.slice(1), 'submit', 'shots.csv', '--yes', '--quiet', '--slots', String(slots)],
		{
			cwd: folder,
			env: {...base, ...env},
			stdio: ['ignore', 'ignore', 'inherit'],
		},
	);
	const output = path.join(folder, `out-${workers}`);
	mkdirSync(output);
	const each = String(Math.ceil(slots / workers));
	const words = [
		...farm,
		'worker',
		'-o',
		output,
		'-j',
		each,
		'--exit-when-done',
		'--quiet',
		'--interval',
		'200ms',
	];
	const running = Array.from({length: workers}, () => start(words, env, 'ignore'));
	let memory = 0;
	const watching = setInterval(() => {
		memory = Math.max(memory, ...running.map(peakOf));
	}, 100);
	await Promise.all(running.map((child) => once(child, 'close')));
	clearInterval(watching);
	await sandbox.close();
	const lines = linesIn(output);
	const timesOf = (name) => lines.filter(({event}) => event === name).map(({at}) => Date.parse(at));
	const saved = timesOf('saved');
	if (saved.length !== tasks) throw new Error(`${saved.length} of ${tasks} files were saved`);
	// The first response comes a moment after the first request.
	const took = (Math.max(...saved) - Math.min(...timesOf('submitted'))) / 1000;
	return {
		workers,
		took,
		ratio: took / ((tasks * seconds) / slots),
		perJob: (took * slots) / tasks - seconds,
		memory,
	};
}

try {
	execFileSync(
		process.execPath,
		[runJs, 'plugins', 'link', '--no-install', path.join(root, 'plugins', 'farm')],
		{
			env: base,
			stdio: 'ignore',
		},
	);
	const rows = Array.from({length: tasks}, (_, index) => `s${index},shot ${index},5`);
	writeFileSync(path.join(folder, 'shots.csv'), `id,prompt,duration\n${rows.join('\n')}\n`);
	const queue = url || (await startRedis());
	const table = [
		`${tasks} tasks of ${seconds.toFixed(2)} s on ${slots} slots of the sandbox, whose tasks take a ${speed}th of Kling's time; the ideal is`,
		`${((tasks * seconds) / slots).toFixed(1)} s. The queue was ${url ? new URL(url).protocol.slice(0, -1) : 'Redis'} on the same machine, which has ${availableParallelism()} cores and began with a load of ${loadavg()[0].toFixed(1)}.`,
		'',
		'| Workers | Took | ÷ ideal | Beside each task | Memory of a worker, at most |',
		'|---|---|---|---|---|',
	];
	console.log(table.join('\n'));
	let worst = 0;
	for (const workers of [1, 2, 4]) {
		const {took, ratio, perJob, memory} = await measure(queue, workers);
		worst = Math.max(worst, memory);
		table.push(
			`| ${workers} | ${took.toFixed(1)} s | ${ratio.toFixed(2)} | ${perJob.toFixed(2)} s | ${Math.round(memory)} MB |`,
		);
		console.log(table.at(-1));
	}
	if (isWritten) writeTable(table.join('\n'));
	if (worst > maxMemory) {
		console.error(`A worker took ${Math.round(worst)} MB, more than ${maxMemory}`);
		process.exitCode = 1;
	}
} finally {
	for (const child of children) child.kill();
	rmSync(folder, {recursive: true, force: true, maxRetries: 5});
}
