/*
 * What the journal of tasks costs as it grows: each row with journals of 0, 1,000, 20,000 and 100,000 tasks. The sizes
 * take turns, so that a busy machine slows all of them. Needs a build. Usage:
 *   node bench/journal.js [--runs N] [--sizes 0,1000] [--tasks 1000] [--json]
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {addTasks, makeHome, ownTasks, startSandbox, strangers} from './journal/prepare.js';

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
const usage = path.join(import.meta.dirname, 'journal', 'usage.cjs');
const sizes = values.sizes.split(',').map(Number);
const own = Number(values.tasks);

/** Wall time in milliseconds, processor time in milliseconds, and peak MB of one run. */
async function run(args, env, cwd) {
	const start = process.hrtime.bigint();
	const child = spawn(process.execPath, ['--require', usage, runJs, ...args], {
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
	const {maxRSS, cpu} = JSON.parse(told);
	return {ms: Number(process.hrtime.bigint() - start) / 1e6, cpu: cpu / 1000, mb: maxRSS / 1024};
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** The cases: each is a command that people and programs type. */
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
	{name: '`reconcile`, nothing open', args: () => ['video', 'reconcile']},
	{name: '`cost report` of all', args: () => ['cost', 'report', '--since', '365d']},
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
	const scenes = [];
	for (const size of sizes) {
		const home = path.join(folder, String(size));
		const place = {runJs, home, keys: sandbox.keys};
		await addTasks({...place, tasks: strangers(size)});
		const env = {...makeHome(home), ...sandbox.keys};
		const taskIds = ids.map(({taskId}) => taskId);
		scenes.push({size, home, place, env, ids: taskIds, out: path.join(home, 'out')});
	}
	let hasOwn = false;
	for (const row of rows) {
		for (const {place, size} of row.slow && !hasOwn ? scenes : []) {
			await addTasks({...place, tasks: ids, first: size, hasEnded: false});
		}
		hasOwn ||= row.slow;
		const runs = row.slow ? Math.max(1, Math.floor(Number(values.runs) / 3)) : Number(values.runs);
		const results = new Map(sizes.map((size) => [size, []]));
		for (let i = 0; i < runs; i++) {
			for (const scene of scenes) {
				row.before?.(scene);
				results.get(scene.size).push(await run(row.args(scene), scene.env, scene.home));
			}
		}
		for (const [size, found] of results) {
			const figure = {
				row: row.name,
				size,
				ms: Math.round(median(found.map(({ms}) => ms))),
				cpu: Math.round(median(found.map(({cpu}) => cpu))),
				mb: Math.round(Math.max(...found.map(({mb}) => mb))),
			};
			table.push(figure);
			const texts = [String(size).padStart(7), row.name.padEnd(36)];
			console.error(
				`${texts.join('  ')} ${figure.ms} ms  ${figure.cpu} ms of the processor  ${figure.mb} MB`,
			);
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
			const find = (wanted) => table.find((figure) => figure.row === name && figure.size === wanted);
			const {ms, cpu, mb} = find(size);
			const ratio = size === sizes[0] ? '' : `, × ${(cpu / find(sizes[0]).cpu).toFixed(2)}`;
			const time = (all) => (all >= 1000 ? `${(all / 1000).toFixed(1)} s` : `${all} ms`);
			return `${time(ms)} (${time(cpu)}${ratio}), ${mb} MB`;
		});
		console.log(`| ${name} | ${cells.join(' | ')} |`);
	}
}
