/*
 * How long it takes to wait for many tasks that have all ended, if the server responds after 50 ms: the time beyond that of
 * one task, and the number of requests. Compared with a Node program that sends one request per task, 50 at a time. Needs a
 * build. Usage: wait.js [--rounds N]
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {measure, median} from './download/measure.js';

const {rounds} = parseArgs({options: {rounds: {type: 'string', default: '5'}}}).values;
const here = import.meta.dirname;
const runJs = path.join(here, '..', 'bin', 'run.js');
const latency = 50;
const folder = mkdtempSync(path.join(tmpdir(), 'kling-bench-wait-'));
const {NODE_EXTRA_CA_CERTS: _, ...outside} = process.env;

async function startServer(lists) {
	const child = spawn(process.execPath, [path.join(here, 'wait', 'server.js'), String(latency), lists], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const base = `http://127.0.0.1:${Number(await once(child.stdout, 'data'))}`;
	return {
		base,
		requests: async () => Number(await (await fetch(`${base}/requests`)).text()),
		stop: () => child.kill(),
	};
}

const idsOf = (count) =>
	Array.from({length: count}, (_, index) => String(900_000_000_000_000_000n + BigInt(index)));

async function run(server, command) {
	const env = {
		...outside,
		HOME: folder,
		XDG_CACHE_HOME: path.join(folder, 'cache'),
		KLING_BASE_URL: server.base,
		KLING_API_KEY: 'bench',
	};
	const result = await measure(command, {cwd: folder, env});
	return {...result, requests: await server.requests()};
}

const kling = (count) => [
	process.execPath,
	runJs,
	'video',
	'wait',
	...idsOf(count),
	'--type',
	'create',
	'--api',
	'v1',
	'--concurrency',
	'50',
	'--quiet',
];

/** Medians of the time beyond that of one task. */
async function compare(title, lists, tasks, ideal) {
	const server = await startServer(lists);
	const found = {kling: [], one: [], bare: [], bareOne: []};
	const bare = (count) => [
		process.execPath,
		path.join(here, 'wait', 'bare-node.js'),
		server.base,
		String(count),
	];
	try {
		for (let round = 0; round <= Number(rounds); round++) {
			for (const [name, command] of [
				['one', kling(1)],
				['kling', kling(tasks)],
				['bareOne', bare(1)],
				['bare', bare(tasks)],
			]) {
				const result = await run(server, command);
				// The first round fills the cache.
				if (round > 0) found[name].push(result);
			}
		}
	} finally {
		server.stop();
	}
	const of = (name, key) => median(found[name].map((result) => result[key]));
	const beyond = (many, one) => Math.round(of(many, 'wall') - of(one, 'wall'));
	const ratio = (ms) => (ideal ? `, × ${((ms + latency) / ideal).toFixed(2)}` : '');
	const [own, competitor] = [beyond('kling', 'one'), beyond('bare', 'bareOne')];
	console.log(
		`| ${title} | ${own} ms${ratio(own)} | ${of('kling', 'requests')} | ${Math.round(of('kling', 'memory'))} MB | ${competitor} ms${ratio(competitor)} |`,
	);
}

console.log(
	'| Tasks that have ended | kling: beyond one task | Requests | Memory | bare Node, one request each |',
);
console.log('| --- | --- | --- | --- | --- |');
try {
	await compare('500, a request for each', 'none', 500, (500 / 50) * latency);
	await compare('500, pages of the list', 'lists', 500);
	await compare('1,000, a request for each', 'none', 1000, (1000 / 50) * latency);
} finally {
	rmSync(folder, {recursive: true, force: true});
}
