/* How long it takes to check and price a shot list: `kling batch plan`. Needs a build. Usage: plan.js [--rounds N] */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {makeHome, runJs} from './home.js';
import {measure, median} from './measure.js';

const {rounds} = parseArgs({options: {rounds: {type: 'string', default: '5'}}}).values;
const folder = mkdtempSync(path.join(tmpdir(), 'kling-bench-plan-'));
const env = {...makeHome(folder), KLING_API_KEY: 'bench'};

console.log('| Shots in the list | Time | Processor | Memory |\n| --- | --- | --- | --- |');
try {
	for (const count of [1, 1000, 5000]) {
		const rows = Array.from({length: count}, (_, index) => `s${index},"shot ${index}, a red fox in snow",5`);
		writeFileSync(path.join(folder, 'shots.csv'), `id,prompt,duration\n${rows.join('\n')}\n`);
		const found = [];
		for (let round = 0; round <= Number(rounds); round++) {
			const result = await measure([process.execPath, runJs, 'batch', 'plan', 'shots.csv'], {
				cwd: folder,
				env,
			});
			if (round > 0) found.push(result);
		}
		const of = (key) => Math.round(median(found.map((result) => result[key])));
		console.log(
			`| ${count.toLocaleString('en')} | ${of('wall')} ms | ${of('cpu')} ms | ${of('memory')} MB |`,
		);
	}
} finally {
	rmSync(folder, {recursive: true, force: true});
}
