import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {envOf, fails, kling, succeeds} from './kling.js';

let sandbox: Sandbox;
beforeAll(async () => {
	// So slow that no task ends during the tests: the packs stay as they are.
	sandbox = await startSandbox({speed: 0.01});
});
afterAll(() => sandbox.close());

test('costs lists all packs of the period, balance those that can be spent', async () => {
	const env = envOf(sandbox);
	// In parallel: each waits for its turn, or Kling would refuse it.
	const costs = await succeeds(['account', 'costs', '--days', '200'], {env});
	const balance = await succeeds(['account', 'balance'], {env});
	expect(costs.count).toBe(5);
	expect((costs.packs as object[])[0]).toEqual({
		name: 'Sandbox-Video-1000Units-5Con',
		status: 'online',
		remaining: 641.5,
		total: 1000,
		expires_at: expect.any(Number),
		effective_at: expect.any(Number),
		purchased_at: expect.any(Number),
		type: 'decreasing_total',
		pack_id: '00000000000000000000000000000001',
	});
	// The pack that expires first is used first.
	expect((balance.packs as {remaining: number}[]).map(({remaining}) => remaining)).toEqual([
		91.2, 641.5, 9680,
	]);
});

test('people see what is left as a bar', async () => {
	const {code, stdout} = await kling(['account', 'balance', '--human'], {env: envOf(sandbox)});
	expect(code).toBe(0);
	expect(stdout).toMatch(/^Sandbox-Video-100Units-5Con +online +#########- 91 %/m);
	expect(stdout).toContain('3 packs');
});

test('at 60 columns people see what is left, and when it expires', async () => {
	const env = {...envOf(sandbox), COLUMNS: '60'};
	const {stdout} = await kling(['account', 'costs', '--days', '200', '--human'], {env});
	const [heading = '', ...rows] = stdout.split('\n');
	expect(heading.split(/ {2,}/)).toEqual(['name', 'status', 'left', 'expires']);
	expect(rows[2]).toMatch(/^Sandbox-Image-500Units +used up +0 % +\d{4}-\d\d-\d\d$/);
});

test('both print CSV', async () => {
	const env = envOf(sandbox);
	const costs = await kling(['account', 'costs', '--days', '200', '--csv'], {env});
	const balance = await kling(['account', 'balance', '--csv'], {env});
	const names = 'name,status,remaining,total,expires_at,effective_at,purchased_at,type,pack_id';
	expect(costs.stdout.split('\n')).toEqual([
		names,
		expect.stringMatching(
			/^Sandbox-Video-1000Units-5Con,online,641\.5,1000,\d+,\d+,\d+,decreasing_total,0+1$/,
		),
		...Array(4).fill(expect.stringMatching(/^Sandbox-/)),
		'',
	]);
	expect(balance.stdout.split('\n').map((line) => line.split(',')[2])).toEqual([
		'remaining',
		'91.2',
		'641.5',
		'9680',
		undefined,
	]);
	const {code, stdout, stderr} = await kling(['account', 'balance', '--csv', '--human'], {env});
	expect({code, stdout}).toEqual({code: 2, stdout: ''});
	expect(stderr).toContain('--csv and --human');
});

test('--days has limits', async () => {
	expect((await fails(['account', 'costs', '--days', '366'], 2)).code).toBe('invalid_days');
});
