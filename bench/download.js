/*
 * How long downloads take, compared with other programs: `node bench/download.js [--rounds N] [--only TEXT]`, after a build.
 * Needs nginx, openssl and curl; wget and aria2c take part if they are installed, and so does a Node program that only fetches.
 */
import {parseArgs} from 'node:util';
import {many, tiny, wide} from './download/ids.js';
import {competitors, makeScene, missing} from './download/scene.js';
import {median} from './measure.js';

const {rounds, only} = parseArgs({
	options: {rounds: {type: 'string', default: '5'}, only: {type: 'string', default: ''}},
}).values;

/** @returns a verdict on wall times: the ratio to a competitor's, beside its goal */
const atMost = (ratio, competitor) => (wall, medians) => {
	const other = medians.get(competitor);
	return other ? `${(wall / other.wall).toFixed(2)}× ${competitor} (goal ${ratio})` : '';
};
const memoryBelow = (megabytes) => (_, medians) =>
	`${Math.round(medians.get('kling').memory)} MB (goal ${megabytes})`;
const both = (one, two) => (wall, medians) => `${one(wall, medians)}; ${two(wall, medians)}`;

const everyone = ['kling', ...competitors];
const cases = [
	{
		...{title: '10 MB', ids: ['10'], server: 'plain', programs: everyone},
		verdict: (wall, medians) => `+${Math.round(wall - medians.get('curl').wall)} ms (goal 130)`,
	},
	{title: '200 MB', ids: ['200'], server: 'plain', programs: everyone, verdict: atMost(1.5, 'curl')},
	{title: '1 GB', ids: ['1000'], server: 'plain', programs: everyone, verdict: atMost(1.5, 'curl')},
	{title: '200 MB, TLS', ids: ['200'], server: 'tls', programs: everyone, verdict: atMost(1.8, 'curl')},
	{
		...{title: '200 MB, 20 MB/s for each connection', ids: ['200'], server: 'limited'},
		// The others take ten seconds each time, as curl does.
		programs: everyone.filter((program) => ['kling', 'curl', 'aria2c'].includes(program)),
		verdict: both(atMost(0.3, 'curl'), atMost(1.2, 'aria2c')),
	},
	{
		...{title: '100 files of 2 MB, 20 ms away', ids: many, server: 'far', latency: 20},
		...{programs: ['kling', 'curl', 'bare node'], verdict: atMost(1.6, 'curl')},
	},
	{
		...{title: '1,000 files of 50 kB', ids: tiny, server: 'plain'},
		...{programs: ['kling', 'curl', 'bare node'], verdict: atMost(2, 'curl')},
	},
	{
		...{title: '64 files of 10 MB, 64 at once', ids: wide, server: 'plain', flags: ['--concurrency', '64']},
		...{programs: ['kling', 'curl', 'bare node'], verdict: memoryBelow(100)},
	},
];

/** Rows of the table for a case, with the medians of all rounds. */
async function measureCase(scene, {title, ids, server, latency, flags, programs, verdict}) {
	const fetchWith = await scene.begin({ids, address: scene.addresses[server], latency, flags});
	const results = new Map(programs.map((program) => [program, []]));
	for (let round = 0; round <= Number(rounds); round++) {
		for (const program of programs) {
			const result = await fetchWith(program);
			// The first round warms up the caches.
			if (round > 0) results.get(program).push(result);
		}
	}
	const medians = new Map(
		programs.map((program) => {
			const of = (key) => median(results.get(program).map((result) => result[key]));
			return [program, {wall: of('wall'), cpu: of('cpu'), memory: of('memory')}];
		}),
	);
	const number = (value) => (Number.isNaN(value ?? Number.NaN) ? '–' : Math.round(value));
	return [...medians].map(([program, {wall, cpu, memory}]) => {
		const text = program === 'kling' ? verdict(wall, medians) : '';
		return `| ${title} | ${program} | ${number(wall)} | ${number(cpu)} | ${number(memory)} | ${text} |`;
	});
}

if (missing.length > 0) {
	console.log(`Not installed: ${missing.join(', ')}. Nothing was measured.`);
	process.exit();
}
const scene = await makeScene([
	...[10, 200, 1000].map((megabytes) => [String(megabytes), megabytes]),
	...many.map((name) => [name, 2]),
	...tiny.map((name) => [name, 0.05]),
	...wide.map((name) => [name, 10]),
]);
for (const signal of ['SIGINT', 'SIGTERM']) {
	process.once(signal, () => {
		scene.close();
		process.exit(1);
	});
}
try {
	console.log('| Case | Program | Wall, ms | CPU, ms | Memory, MB | |\n|---|---|---|---|---|---|');
	for (const one of cases.filter(({title}) => title.includes(only))) {
		for (const row of await measureCase(scene, one)) console.log(row);
	}
} finally {
	scene.close();
}
