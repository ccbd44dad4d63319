/*
 * How long it takes to wait for many tasks that have all ended, if the server responds after 50 ms: the time beyond that of
 * one task, and the number of requests. Compared with a Node program that sends one request per task, 50 at a time. Needs a
 * build. Usage: wait.js [--rounds N]
 */
import {parseArgs} from 'node:util';
import {median} from './measure.js';
import {latency, makeScene} from './wait/scene.js';

const {rounds} = parseArgs({options: {rounds: {type: 'string', default: '5'}}}).values;
const atOnce = 50;

/** A row of the table: medians of the time beyond that of one task, and its ratio to what the responses alone take. */
async function compare({title, lists, api, tasks}) {
	const scene = await makeScene({lists, api});
	const found = {kling: {one: [], many: []}, 'bare node': {one: [], many: []}};
	try {
		for (let round = 0; round <= Number(rounds); round++) {
			for (const [program, results] of Object.entries(found)) {
				const [one, many] = [await scene.wait(program, 1), await scene.wait(program, tasks)];
				// The first round fills the cache.
				if (round === 0) continue;
				results.one.push(one);
				results.many.push(many);
			}
		}
	} finally {
		scene.close();
	}
	const of = (results, key) => median(results.map((result) => result[key]));
	const ideal = (tasks / atOnce) * latency;
	const beyond = ({one, many}) => {
		const ms = Math.round(of(many, 'wall') - of(one, 'wall'));
		return `${ms} ms, × ${((ms + latency) / ideal).toFixed(2)}`;
	};
	const {kling, 'bare node': bare} = found;
	const memory = Math.round(of(kling.many, 'memory'));
	return `| ${title} | ${beyond(kling)} | ${of(kling.many, 'requests')} | ${memory} MB | ${beyond(bare)} |`;
}

console.log(
	'| Tasks that have ended | kling: beyond one task | Requests | Memory | bare Node, one request each |',
);
console.log('| --- | --- | --- | --- | --- |');
for (const one of [
	{title: '500, a request for each', lists: false, tasks: 500},
	{title: '500, pages of the list', lists: true, tasks: 500},
	{title: '500, newer standard', lists: false, api: 'tasks', tasks: 500},
	{title: '1,000, a request for each', lists: false, tasks: 1000},
]) {
	console.log(await compare(one));
}
