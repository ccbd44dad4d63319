/*
 * How long kling takes to start, in times of `node -e 0` of the same Node: medians of runs in pairs, so that a busy
 * machine slows both. Needs a build. Usage:
 *   npm run bench:start -- [--node PATH]... [--runs N]     measures on the Node in use, or on those given
 *   npm run bench:start -- --check                         fails when a case misses its goal by far
 */
import {execFileSync} from 'node:child_process';
import {parseArgs} from 'node:util';
import {makeCases, peakMemory} from './start-cases.js';
import {competitors} from './start-competitors.js';
import {compare, cpuTime} from './start-pairs.js';

const {values} = parseArgs({
	options: {
		node: {type: 'string', multiple: true, default: [process.execPath]},
		runs: {type: 'string'},
		check: {type: 'boolean', default: false},
	},
});
const runs = Number(values.runs ?? (values.check ? 7 : 25));
/** A regression is gross from this multiple of a goal on. */
const gross = 1.25;
// What a busy machine did once, it does not do five times.
const tries = 5;

/** Of the cases that have one: processor time in multiples of `node -e 0`, on Node 20 and a quiet machine. */
const goals = {
	'kling --version': 1.1,
	'kling --help': 2.1,
	'kling video status --help': 2.3,
	'kling video status ID': 2.9,
	'kling --help, first run ever': 3.5,
	'completion of a word': 1.4,
	'completion of an id, among 100,000 tasks': 1.6,
	'kling --help, grown': 2.2,
	'kling video status ID, grown': 3,
};

const show = (name, text) => console.log(`${name.padEnd(44)}${text}`);

/** A real regression slows the fastest run as well as the usual one, and every time. */
async function isOver(one, limit) {
	for (let attempt = 0; attempt < tries; attempt += 1) {
		const {median, quickest} = await compare(one, runs, cpuTime);
		const ratio = Math.min(median, quickest);
		show(one.name, `${ratio.toFixed(2)} (at most ${limit.toFixed(2)})`);
		if (ratio <= limit) return false;
	}
	return true;
}

for (const node of values.node) {
	const {cases, close} = await makeCases(node);
	console.log(
		`\nNode ${execFileSync(node, ['--version'], {encoding: 'utf8'}).trim().slice(1)}, as multiples of \`node -e 0\`:\n`,
	);
	try {
		if (values.check) {
			for (const one of cases.filter(({name}) => name in goals)) {
				if (await isOver(one, goals[one.name] * gross)) process.exitCode = 1;
			}
			continue;
		}
		console.log('| | Goal | Processor time | Time | |\n| --- | --- | --- | --- | --- |');
		for (const one of cases) {
			// For a shell, Node cannot say how much processor time it took.
			const cpu = one.file === node ? (await compare(one, runs, cpuTime)).quickest.toFixed(2) : '';
			const {median, milliseconds} = await compare(one, runs);
			const times = `${median.toFixed(2)} | ${milliseconds.toFixed(0)} ms`;
			console.log(`| \`${one.name}\` | ${goals[one.name] ?? ''} | ${cpu} | ${times} |`);
		}
		for (const one of competitors(node)) {
			const {median, milliseconds} = await compare(one, runs);
			console.log(`| \`${one.name}\` | | | ${median.toFixed(2)} | ${milliseconds.toFixed(0)} ms |`);
		}
		console.log(`\nPeak memory of a request: ${await peakMemory(cases)} MB.`);
	} finally {
		await close();
	}
}
