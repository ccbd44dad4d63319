import {readFileSync, renameSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {root} from '../e2e/kling.js';
import {type Newcomer, newcomer} from '../support/newcomer.js';
import {blockOf} from '../support/pages.js';
import {clips, paidOnce, recipes, write} from '../support/recipes.js';

/** Runs the steps of the GitHub Actions workflow in docs/recipes.md. */
const workflow = blockOf(recipes, 'GitHub Actions', 'yaml');
const files = {
	Makefile: blockOf(recipes, 'Makefile', 'make'),
	'prompts/fox.txt': 'a red fox',
	'prompts/boat.txt': 'a boat',
};

/** The scripts of the steps, by job: a line, or the lines that are indented below `|`. */
const jobs = new Map(
	(workflow.split('\njobs:\n')[1] ?? '')
		.split(/^ {2}(?=\w+:$)/m)
		.slice(1)
		.map((job) => [
			job.slice(0, job.indexOf(':')),
			[...job.matchAll(/^ +(?:- )?run: (?:\|\n((?: {10}.*\n)+)|(?!\|)(.*)\n)/gm)].map(([, many, one]) =>
				(many ?? one ?? '').replace(/^ {10}/gm, ''),
			),
		]),
);

/** Like the runner: each step is a script for `bash -e`, and the first one that fails ends the job. */
async function runJob(user: Newcomer, job: string) {
	let output = '';
	for (const [index, script] of (jobs.get(job) ?? []).entries()) {
		write(user, {[`step-${index}`]: script});
		const ran = await user.sh(`bash -e step-${index}`);
		output += ran.output;
		if (ran.code !== 0) return {code: ran.code, output};
	}
	return {code: 0, output};
}

test('has two jobs, uses secrets in only one of them, and puts no text from others into a script', () => {
	expect([...jobs].map(([name, steps]) => [name, steps.length])).toEqual([
		['rehearse', 2],
		['clips', 2],
	]);
	expect(workflow.match(/^ +(- )?run:/gm)).toHaveLength(4);
	expect(workflow.indexOf('secrets.')).toBeGreaterThan(workflow.indexOf('  clips:'));
	expect([...jobs.values()].flat().join('\n')).not.toContain('${{');
});

test('installs the package that npm pack makes', () => {
	const {name, version} = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
	const packed = `./tools/${name}-${version}.tgz`;
	expect(workflow.match(/\.\/tools\/\S+/g)).toEqual([packed, packed]);
});

test('a pull request is rehearsed without keys', async () => {
	const user = await newcomer();
	write(user, files);
	for (const name of ['KLING_BASE_URL', 'KLING_ACCESS_KEY', 'KLING_SECRET_KEY']) delete user.env[name];
	const {code, output} = await runJob(user, 'rehearse');
	expect({code, output}).toMatchObject({
		code: 0,
		output: expect.stringContaining('looking for the external id'),
	});
	expect(clips(user)).toEqual(['boat.mp4', 'fox.mp4']);
	paidOnce(user, 0);
});

test('what failed is tried again, and another run on an empty machine pays for nothing twice', async () => {
	const user = await newcomer({faults: [{fault: 'server-error', match: {method: 'POST'}}]});
	write(user, files);
	const {code, output} = await runJob(user, 'clips');
	expect({code, output}).toMatchObject({code: 0, output: expect.stringContaining('"submit_unknown"')});
	expect(output).toContain('"Sandbox-Video-');
	expect(clips(user)).toEqual(['boat.mp4', 'fox.mp4']);
	renameSync(path.join(user.cwd, 'clips'), path.join(user.cwd, 'artifact'));
	user.moves();
	expect(await runJob(user, 'clips')).toMatchObject({code: 0});
	expect(clips(user)).toEqual(['boat.mp4', 'fox.mp4']);
	paidOnce(user, 2);
});
