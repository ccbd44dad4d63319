import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {faultNames} from '../../src/sandbox/faults.js';
import {watch} from '../support/processes.js';
import {fails, kling, startKling} from './kling.js';

/** The flags that inject faults into a sandbox, as a user types them. */
const folder = mkdtempSync(path.join(tmpdir(), 'kling-scenario-'));
const file = (text: string) => {
	const name = path.join(folder, `${Math.random()}.json`);
	writeFileSync(name, text);
	return name;
};
const exec = (...flags: string[]) => [
	...['sandbox', 'exec', ...flags, '--'],
	...['sh', '-c', 'kling video create "a fox" --external-id one; echo "exit $?"; kling video list --all -v'],
];

test('sandbox exec --fault lost-answer --fault rate-limit:2: one task', async () => {
	const {code, stdout, stderr} = await kling(exec('--fault', 'rate-limit:2', '--fault', 'lost-answer'));
	expect(code).toBe(0);
	expect(stdout).toContain('exit 0');
	expect(stdout.match(/"external_task_id": "one"/g)).toHaveLength(1);
	expect(stderr).toContain('Waiting for room');
	expect(stderr).toContain('The response was lost');
});

test('sandbox start reports each fault that occurs, and no secrets', async () => {
	const scenario = file(
		JSON.stringify({
			steps: [{fault: 'server-error', times: 2, after: 1, match: {method: 'GET', path: '/v1/videos/*'}}],
		}),
	);
	const child = startKling(['sandbox', 'start', '--port', '0', '--scenario', scenario]);
	onTestFinished(() => void child.kill('SIGKILL'));
	const {prints, ended} = watch(child);
	const {base_url, api_key} = JSON.parse(await prints(/^\}$/m));
	const env = {KLING_BASE_URL: base_url, KLING_API_KEY: api_key, KLING_API_STANDARD: 'v1'};
	for (const _ of [1, 2]) expect((await kling(['video', 'list'], {env})).code).toBe(0);
	child.kill('SIGINT');
	const {stderr} = await ended();
	expect(stderr.match(/^Fault .*$/gm)).toEqual(
		Array(2).fill('Fault server-error: GET /v1/videos/omni-video'),
	);
});

describe('a meaningless combination is refused before anything starts, exit 2', () => {
	test.each<[string, RegExp, string]>([
		[
			'lost-anwser',
			/there is no fault 'lost-anwser'/,
			'Did you mean lost-answer? The faults are: lost-answer, ',
		],
		['', /there is no fault ''/, 'The faults are: '],
		['reset:0', /'0' is not a number of times/, 'reset:always'],
		['reset:often', /'often' is not a number of times/, 'reset:always'],
	])('--fault %j', async (fault, message, hint) => {
		const error = await fails(['sandbox', 'start', '--port', '0', '--fault', fault], 2);
		expect(error).toMatchObject({code: 'invalid_fault', message: expect.stringMatching(message)});
		expect(error.hint).toContain(hint);
	});

	test.each<[string, string, RegExp]>([
		['{"steps": [', 'invalid_scenario', /is not JSON/],
		['{"steps": [{"fault": "reset", "times": 0}]}', 'invalid_scenario', /: steps\[0\]\.times must be >= 1$/],
		['{"steps": [{"fault": "resett"}]}', 'invalid_scenario', /: steps\[0\]\.fault is not a fault: resett$/],
	])('--scenario with %s', async (text, code, message) => {
		const scenario = file(text);
		const error = await fails(['sandbox', 'exec', '--scenario', scenario, '--', 'true'], 2);
		expect(error).toMatchObject({code, path: scenario, message: expect.stringMatching(message)});
		expect(error.message).toContain(scenario);
	});

	test('--scenario with a missing file is read_error, exit 10', async () => {
		const error = await fails(['sandbox', 'start', '--scenario', path.join(folder, 'none.json')], 10);
		expect(error).toMatchObject({code: 'read_error', message: expect.stringContaining('none.json')});
	});
});

test('the help names every fault', async () => {
	const {stdout} = await kling(['sandbox', 'start', '--help']);
	const words = new Set(stdout.split(/[\s,.:]+/));
	expect(faultNames.filter((name) => !words.has(name))).toEqual([]);
});
