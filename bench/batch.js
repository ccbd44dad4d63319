/*
 * How well a batch keeps its slots in use: 200 equal tasks on 5 slots of a sandbox. The time from the start of the run to its
 * end is divided by the ideal, tasks × duration ÷ slots. Starting the program and planning are not included. Usage, after a
 * build: batch.js [TASKS [SLOTS [SPEED]]]
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const [tasks = 200, slots = 5, speed = 10] = process.argv.slice(2).map(Number);
/** Seconds of a kling-v3-omni task, at Kling and in the sandbox. */
const usual = 83;
const seconds = usual / speed;
const allowed = 1.05;

const run = fileURLToPath(new URL('../bin/run.js', import.meta.url));
const cwd = mkdtempSync(path.join(tmpdir(), 'kling-bench-batch-'));
try {
	const rows = Array.from({length: tasks}, (_, index) => `s${index},shot ${index},5`);
	writeFileSync(path.join(cwd, 'shots.csv'), `id,prompt,duration\n${rows.join('\n')}\n`);
	// A polling interval is 3 % of a task, as with Kling.
	const interval = `${Math.round(seconds * 30)}ms`;
	const kling = [process.execPath, run];
	const batch = [...kling, 'batch', 'run', 'shots.csv', '--yes', '--quiet', '--interval', interval];
	const sandbox = [
		run,
		'sandbox',
		'exec',
		'--speed',
		String(speed),
		'--slots',
		String(slots),
		'--',
		...batch,
	];
	const child = spawn(process.execPath, sandbox, {
		cwd,
		stdio: ['ignore', 'pipe', 'inherit'],
		env: {...process.env, HOME: cwd},
	});
	let stdout = '';
	child.stdout.setEncoding('utf8').on('data', (text) => {
		stdout += text;
	});
	const [code] = await once(child, 'close');
	const lines = readFileSync(path.join(cwd, 'shots.csv.state.ndjson'), 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
	const took = (Date.parse(lines.at(-1).at) - Date.parse(lines[0].at)) / 1000;
	const {done} = JSON.parse(stdout);
	if (code !== 0 || done !== tasks) throw new Error(`The batch ended with exit status ${code}: ${stdout}`);
	const ideal = (tasks * seconds) / slots;
	const ratio = took / ideal;
	console.log('| Tasks | Each | Slots | Took | Ideal | Ratio |\n| --- | --- | --- | --- | --- | --- |');
	console.log(
		`| ${tasks} | ${seconds.toFixed(2)} s | ${slots} | ${took.toFixed(1)} s | ${ideal.toFixed(1)} s | ${ratio.toFixed(3)} |`,
	);
	if (ratio > allowed) {
		console.error(`More than ${allowed} times the ideal.`);
		process.exitCode = 1;
	}
} finally {
	rmSync(cwd, {recursive: true, force: true});
}
