/*
 * Fails when a download or a wait needs much more processor time or memory than it did, as a multiple of what a Node program
 * without any safety needs for the same in the same run: `npm run bench:check`, which also checks how long kling takes to
 * start. Ratios are in bench/baseline.json. Needs a build, and nginx, curl and openssl for the downloads.
 */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {many, tiny, wide} from './download/ids.js';
import {makeScene as makeDownloads, missing} from './download/scene.js';
import {makeScene as makeWaits} from './wait/scene.js';

const baseline = JSON.parse(readFileSync(path.join(import.meta.dirname, 'baseline.json'), 'utf8'));
/** What is noticed is a gross regression, on a busy machine as well. */
const allowed = 1.4;
const rounds = 3;
// What a busy machine did once, it does not do three times.
const tries = 3;

/** The smallest use of each program: what else the machine does can only add to it. */
async function ratiosOf(run) {
	const least = {};
	for (let round = 0; round <= rounds; round++) {
		for (const program of ['kling', 'bare node']) {
			const {cpu, memory} = await run(program);
			// The first round fills the cache.
			if (round === 0) continue;
			const before = least[program] ?? {cpu: Number.POSITIVE_INFINITY, memory: Number.POSITIVE_INFINITY};
			least[program] = {cpu: Math.min(cpu, before.cpu), memory: Math.min(memory, before.memory)};
		}
	}
	const {kling, 'bare node': bare} = least;
	return {cpu: kling.cpu / bare.cpu, memory: kling.memory / bare.memory};
}

/** Prints the ratios of a case beside what is allowed. @returns whether one was too high each time */
async function isOver(title, run) {
	const limits = baseline[title];
	for (let attempt = 0; attempt < tries; attempt += 1) {
		const ratios = await ratiosOf(run);
		const text = (key) => `${ratios[key].toFixed(2)} (at most ${(limits[key] * allowed).toFixed(2)})`;
		console.log(`${title.padEnd(40)}processor time ${text('cpu')}, memory ${text('memory')}`);
		if (Object.keys(limits).every((key) => ratios[key] <= limits[key] * allowed)) return false;
	}
	return true;
}

/** Titles of the cases whose ratios are too high. */
async function findRegressions(scene, cases) {
	const found = [];
	try {
		for (const {title, start} of cases) {
			if (await isOver(title, await start(scene))) found.push(title);
		}
	} finally {
		scene.close();
	}
	return found;
}

if (missing.length > 0) throw new Error(`Not installed: ${missing.join(', ')}`);
console.log('\nDownloads and waits, as multiples of what bare Node needs:\n');
const sizes = [
	['200', 200],
	...many.map((name) => [name, 2]),
	...tiny.map((name) => [name, 0.05]),
	...wide.map((name) => [name, 10]),
];
const regressions = [
	...(await findRegressions(await makeDownloads(sizes), [
		{title: '200 MB', start: ({begin, addresses}) => begin({ids: ['200'], address: addresses.plain})},
		{title: '100 files of 2 MB', start: ({begin, addresses}) => begin({ids: many, address: addresses.plain})},
		{
			title: '1,000 files of 50 kB',
			start: ({begin, addresses}) => begin({ids: tiny, address: addresses.plain}),
		},
		{
			title: '64 files of 10 MB, 64 at once',
			start: ({begin, addresses}) =>
				begin({ids: wide, address: addresses.plain, flags: ['--concurrency', '64']}),
		},
	])),
	...(await findRegressions(await makeWaits({lists: false}), [
		{
			title: 'wait for 500 tasks',
			start:
				({wait}) =>
				(program) =>
					wait(program, 500),
		},
	])),
];
if (regressions.length > 0) {
	console.error(`Much more than in bench/baseline.json: ${regressions.join(', ')}`);
	process.exitCode = 1;
}
