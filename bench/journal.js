/*
 * What the journal of tasks costs as it grows: each row with journals of 0, 1,000, 20,000 and 100,000 tasks. The sizes
 * take turns, so that a busy machine slows all of them. Needs a build. Usage:
 *   node bench/journal.js [--runs N] [--sizes 0,1000] [--tasks 1000] [--json]
 */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {makeHome, runJs, startSandbox} from './home.js';
import {addTasks, ownTasks, strangers} from './journal/prepare.js';
import {measureNode, median} from './measure.js';

const {values} = parseArgs({
	options: {
		runs: {type: 'string', default: '5'},
		sizes: {type: 'string', default: '0,1000,20000,100000'},
		tasks: {type: 'string', default: '1000'},
		json: {type: 'boolean', default: false},
	},
});
const sizes = values.sizes.split(',').map(Number);
const own = Number(values.tasks);

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
	{
		name: `\`download\` of ${own} own tasks, 64 at once`,
		slow: true,
		before: ({out}) => rmSync(out, {recursive: true, force: true}),
		args: ({ids, out}) => ['video', 'download', ...ids, '-o', `${out}/`, '--concurrency', '64'],
	},
];

const folder = mkdtempSync(path.join(tmpdir(), 'kling-bench-journal-'));
const table = [];
const sandbox = await startSandbox(makeHome(path.join(folder, 'sandbox')), [
	'--speed',
	'1000',
	'--slots',
	'1000',
]);
try {
	const ids = await ownTasks(sandbox, own);
	const scenes = [];
	for (const size of sizes) {
		const home = path.join(folder, String(size));
		const place = {home, keys: sandbox.keys};
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
				results
					.get(scene.size)
					.push(await measureNode([runJs, ...row.args(scene)], {cwd: scene.home, env: scene.env}));
			}
		}
		for (const [size, found] of results) {
			const figure = {
				row: row.name,
				size,
				wall: Math.round(median(found.map(({wall}) => wall))),
				cpu: Math.round(median(found.map(({cpu}) => cpu))),
				memory: Math.round(Math.max(...found.map(({memory}) => memory))),
			};
			table.push(figure);
			const texts = [String(size).padStart(7), row.name.padEnd(36)];
			console.error(
				`${texts.join('  ')} ${figure.wall} ms  ${figure.cpu} ms of the processor  ${figure.memory} MB`,
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
			const {wall, cpu, memory} = find(size);
			const ratio = size === sizes[0] ? '' : `, × ${(cpu / find(sizes[0]).cpu).toFixed(2)}`;
			const time = (all) => (all >= 1000 ? `${(all / 1000).toFixed(1)} s` : `${all} ms`);
			return `${time(wall)} (${time(cpu)}${ratio}), ${memory} MB`;
		});
		console.log(`| ${name} | ${cells.join(' | ')} |`);
	}
}
