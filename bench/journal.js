/*
 * What the journal of tasks costs as it grows: each row with journals of 0, 1,000, 20,000 and 100,000 tasks, as medians,
 * and the peak memory. Needs a build. Usage:
 *   npm run bench:journal -- [--runs N] [--sizes 0,1000] [--json]
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {addTasks, makeHome, ownTasks, startSandbox, strangers} from './journal/scene.js';

const {values} = parseArgs({
	options: {
		runs: {type: 'string', default: '5'},
		sizes: {type: 'string', default: '0,1000,20000,100000'},
		tasks: {type: 'string', default: '1000'},
		json: {type: 'boolean', default: false},
	},
});
const root = path.join(import.meta.dirname, '..');
const runJs = path.join(root, 'bin', 'run.js');
const memory = path.join(import.meta.dirname, 'journal', 'peak-memory.cjs');
const sizes = values.sizes.split(',').map(Number);
const own = Number(values.tasks);

/** Milliseconds and peak MB of one run. */
async function run(args, env, cwd) {
	const start = process.hrtime.bigint();
	const child = spawn(process.execPath, ['--require', memory, runJs, ...args], {
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
	if (code !== 0)
		throw new Error(`kling ${args.slice(0, 4).join(' ')} ended with ${code}: ${complaints.slice(-500)}`);
	return {ms: Number(process.hrtime.bigint() - start) / 1e6, mb: Number(told) / 1024};
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** What is measured; each is a command that people and programs type. */
const rows = [
	{name: '`status @last`', args: () => ['video', 'status', '@last']},
	{name: '`create`, a submission', args: () => ['video', 'create', 'a red fox']},
	{
		name: '`create --external-id`, a new one',
		args: () => ['video', 'create', 'a red fox', '--external-id', `x${Math.random().toString(36).slice(2)}`],
	},
	{
		name: 'completion of an id',
		args: () => ['__complete', 'bash', 'kling video status 9', ' \t\n"\'@><=;|&(:'],
	},
	{name: '`history`, 30 tasks', args: () => ['video', 'history']},
	{name: `\`wait\` for ${own} own tasks`, slow: true, args: ({ids}) => ['video', 'wait', ...ids]},
	{
		name: `\`download\` of ${own} own tasks`,
		slow: true,
		before: ({out}) => rmSync(out, {recursive: true, force: true}),
		args: ({ids, out}) => ['video', 'download', ...ids, '-o', `${out}/`],
	},
];

const folder = mkdtempSync(path.join(tmpdir(), 'kling-bench-journal-'));
const table = [];
const sandbox = await startSandbox(runJs, makeHome(path.join(folder, 'sandbox')));
try {
	const ids = await ownTasks(sandbox, own);
	for (const size of sizes) {
		const home = path.join(folder, String(size));
		const env = {...makeHome(home), ...sandbox.keys};
		const place = {runJs, home, keys: sandbox.keys};
		await addTasks({...place, tasks: strangers(size)});
		const scene = {ids: ids.map(({taskId}) => taskId), out: path.join(home, 'out')};
		let hasOwn = false;
		for (const row of rows) {
			if (row.slow && !hasOwn) await addTasks({...place, tasks: ids, first: size, hasEnded: false});
			hasOwn ||= row.slow;
			const runs = row.slow ? Math.max(1, Math.floor(Number(values.runs) / 2)) : Number(values.runs);
			await run(['video', 'status', '@last'], env, home);
			const results = [];
			for (let i = 0; i < runs; i++) {
				row.before?.(scene);
				results.push(await run(row.args(scene), env, home));
			}
			const figure = {
				row: row.name,
				size,
				ms: Math.round(median(results.map(({ms}) => ms))),
				mb: Math.round(Math.max(...results.map(({mb}) => mb))),
			};
			table.push(figure);
			console.error(`${String(size).padStart(7)}  ${row.name.padEnd(36)} ${figure.ms} ms  ${figure.mb} MB`);
		}
	}
} finally {
	await sandbox.close();
	rmSync(folder, {recursive: true, force: true});
}

if (values.json) console.log(JSON.stringify(table, null, '\t'));
else {
	console.log(`| Journal of | ${sizes.map((size) => `${size.toLocaleString('en')} tasks`).join(' | ')} |`);
	console.log(`| --- |${' --- |'.repeat(sizes.length)}`);
	for (const {name} of rows) {
		const cells = sizes.map((size) => {
			const {ms, mb} = table.find((figure) => figure.row === name && figure.size === size);
			return `${ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms} ms`}, ${mb} MB`;
		});
		console.log(`| ${name} | ${cells.join(' | ')} |`);
	}
}
