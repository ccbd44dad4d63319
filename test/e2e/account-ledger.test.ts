import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type Env, envOf, kling, succeeds} from './kling.js';

let sandbox: Sandbox;
let env: Env;

beforeAll(async () => {
	sandbox = await startSandbox({speed: 1000, slots: 100});
	env = {...envOf(sandbox), XDG_DATA_HOME: mkdtempSync(path.join(tmpdir(), 'kling-ledger-'))};
});
afterAll(() => sandbox.close());

const run = (...args: string[]) => succeeds([...args, '-q'], {env});

interface Row {
	group?: string;
	task_id?: string;
	pack: string;
	units: number;
}

test('the ledger lists what tasks cost, and never adds image units to video units', async () => {
	const picture = await run('image', 'create', 'a fox', '--count', '2', '--wait');
	await run('audio', 'create', 'waves', '--wait');
	const {rows} = (await run('account', 'ledger', '--since', '1h')) as {rows: Row[]};
	expect(rows.find(({task_id}) => task_id === picture.task_id)).toMatchObject({pack: 'image', units: 16});
	const byDay = (await run('account', 'ledger', '--since', '1h', '--by', 'day')) as {rows: Row[]};
	expect(byDay.rows.find(({pack}) => pack === 'image')?.units).toBe(16);
	expect(byDay.rows.find(({pack}) => pack === 'video')?.units).toBeGreaterThan(0);
	const {stdout} = await kling(['account', 'ledger', '--since', '1h', '--csv', '-q'], {env});
	expect(stdout.split('\n')[0]?.trim()).toBe('deducted_at,task_id,product,model,key,pack,units');
});

test('--cash lists what the balance paid, in money, as rows, sums and CSV', async () => {
	const long = {
		model_name: 'kling-v3-omni',
		prompt: 'a fox',
		mode: '4k',
		duration: '15',
		aspect_ratio: '1:1',
	};
	const headers = {authorization: `Bearer ${sandbox.apiKey}`, 'content-type': 'application/json'};
	const body = JSON.stringify(long);
	const last = async () => {
		const response = await fetch(`${sandbox.baseUrl}/v1/videos/omni-video`, {method: 'POST', headers, body});
		return ((await response.json()) as {data: {task_id: string}}).data.task_id;
	};
	let id = '';
	// Enough submissions that no pack has units left for the last ones.
	for (let count = 0; count < 20; count++) id = await last();
	await run('video', 'wait', id, '--interval', '1s', '--type', 'create');
	const {rows} = await run('account', 'ledger', '--since', '1h', '--cash');
	expect(rows).toContainEqual(expect.objectContaining({task_id: id, amount: 6.3, currency: 'USD'}));
	expect(JSON.stringify(rows)).not.toContain('"units"');
	const {stdout} = await kling(
		['account', 'ledger', '--since', '1h', '--cash', '--by', 'model', '--csv', '-q'],
		{env},
	);
	const [head, first] = stdout
		.trim()
		.split('\n')
		.map((line) => line.trim());
	expect(head).toBe('group,deductions,amount,currency');
	expect(first).toMatch(/^kling-v3-omni,\d+,[\d.]+,USD$/);
});

test('the price list is available without an account, in units and in money', async () => {
	const list = await succeeds(['account', 'prices', '-q']);
	expect(list).toMatchObject({as_of: '2026-09-20', usd_per_unit: {video: 0.14, image: 0.0035}});
	expect(list.prices).toContainEqual({
		...{command: 'image create', model: 'kling-v3', units: 8, per: 'picture', pack: 'image', usd: 0.028},
	});
});

test('people see prices and models as tables', async () => {
	const prices = await kling(['account', 'prices', '--human'], {env});
	expect(prices.stdout).toMatch(/video avatar\s.*0\.4/);
	expect((await kling(['models', '--human'], {env})).stdout).toContain('kling-v3-omni');
});

test('models lists the commands, standards and end date of each model', async () => {
	const {models} = await succeeds(['models', '--all', '-q']);
	expect(models).toContainEqual(
		expect.objectContaining({
			model: 'kling-3.0-turbo',
			api: ['tasks'],
			commands: expect.arrayContaining(['video text2video']),
		}),
	);
	expect(models).toContainEqual(
		expect.objectContaining({model: 'kling-v2', makes: 'pictures', until: '2026-09-15'}),
	);
});
