import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {fails, kling, succeeds} from './kling.js';
import {commandInHint, useProxiedSandbox, withFastPolling} from './proxied-sandbox.js';

/** Costs: tags, reports, budgets, and sidecars. A clip of five seconds costs 3 units. */
const fixture = useProxiedSandbox();
const {posts} = fixture;
let {env, cwd} = fixture;
beforeEach(() => {
	({env, cwd} = fixture);
});

/** A command that only reads and adds up needs no process of its own. */
const run = (...args: string[]) => succeeds(args, {env, cwd});
const create = (...args: string[]) => run(...withFastPolling(['create', 'a fox', ...args]));

test('tags, estimates and bills are added up by any grouping', async () => {
	await create('--tag', 'client=acme', '--tag', 'job=1', '--wait');
	await create('--tag', 'client=other', '--wait');
	const failed = await kling(withFastPolling(['create', 'a fox [fail]', '--tag', 'client=acme', '--wait']), {
		env,
		cwd,
	});
	expect(failed.code).toBe(3);
	const report = await run('cost', 'report', '--by', 'tag');
	expect(report).toMatchObject({
		by: 'tag',
		groups: [
			{group: 'client=acme', tasks: 2, failed: 1, failed_not_billed: 1, estimated_units: 6, billed_units: 3},
			{group: 'client=other', tasks: 1, billed_units: 3},
			{group: 'job=1', tasks: 1, billed_units: 3},
		],
		total: {
			tasks: 3,
			succeeded: 2,
			failed: 1,
			estimated_units: 9,
			billed_units: 6,
			difference: -3,
			money: 0.84,
		},
	});
	const {stdout} = await kling(['cost', 'report', '--by', 'model', '--unit-price', '2', '--csv'], {env, cwd});
	expect(
		stdout
			.trim()
			.split('\n')
			.map((line) => line.trim()),
	).toEqual([
		'group,pack,tasks,succeeded,failed,failed_not_billed,open,estimated_units,unknown_price,billed_units,difference,money',
		'kling-v3-omni,,3,2,1,1,0,9,0,6,-3,12',
	]);
	expect(await run('cost', 'report', '--since', '1d', '--query', 'total.tasks')).toBe(3);
});

test('--from-ledger finds charges for what this machine did not submit', async () => {
	const made = await create('--wait');
	const elsewhere = {...env, XDG_DATA_HOME: path.join(cwd, 'elsewhere')};
	const foreign = await succeeds(withFastPolling(['create', 'a wolf', '--wait']), {env: elsewhere, cwd});
	const {ledger} = (await run('cost', 'report', '--from-ledger', '--since', '1d')) as {
		ledger: {tasks: number; units: number; unknown: {task_id: string; units: number}[]; different: unknown[]};
	};
	expect(ledger.tasks).toBeGreaterThanOrEqual(2);
	const unknown = ledger.unknown.map(({task_id: id}) => id);
	expect(unknown).toContain(foreign.task_id);
	expect(unknown).not.toContain(made.task_id);
	expect(ledger.different).toEqual([]);
});

describe('a budget', () => {
	test.skipIf(process.platform === 'win32')(
		'with a pipe in its place is an error at once, and nothing is sent',
		async () => {
			await run('cost', 'budget', 'set', '7', '--per', 'month');
			const data = path.join(cwd, 'data', 'kling-cli');
			const [file = ''] = readdirSync(data, {recursive: true, encoding: 'utf8'}).filter((name) =>
				name.endsWith('budget.json'),
			);
			rmSync(path.join(data, file));
			execFileSync('mkfifo', [path.join(data, file)]);
			const error = await fails(withFastPolling(['create', 'a fox']), 10, {env, cwd});
			expect(error).toMatchObject({
				code: 'read_error',
				message: expect.stringContaining('not a regular file'),
			});
			expect(posts()).toBe(0);
		},
	);

	test('stops a submission that exceeds it with exit 7, before anything is sent, and the hint helps', async () => {
		expect(await run('cost', 'budget', 'set', '7', '--per', 'month')).toMatchObject({
			budget: {units: 7, remaining: 7},
		});
		await create();
		await create();
		const before = posts();
		const {code, stdout} = await kling(['video', 'create', 'a fox'], {env, cwd});
		const {error} = JSON.parse(stdout);
		expect({code, error}).toMatchObject({
			code: 7,
			error: {code: 'budget_exceeded', message: expect.stringContaining('1 are left of 7 units per month')},
		});
		expect(posts()).toBe(before);
		expect(await run('video', 'history')).toMatchObject({count: 2});
		expect(await run('cost', 'budget', 'show')).toMatchObject({
			budgets: [{reserved: 6, spent: 0, remaining: 1}],
		});
		await run(...(/kling (cost budget set .*)$/.exec(error.hint)?.[1] ?? '').split(' '));
		await create();
	});

	test('for pictures is separate from that for videos', async () => {
		await run('cost', 'budget', 'set', '3', '--per', 'total');
		await run('cost', 'budget', 'set', '16', '--per', 'total', '--pack', 'image');
		await run('image', 'create', 'a fox', '--count', '2');
		await create();
		const {code, stdout} = await kling(['image', 'create', 'a fox'], {env, cwd});
		expect({code, stdout}).toMatchObject({
			code: 7,
			stdout: expect.stringContaining('of 16 image units in total'),
		});
		expect(await run('cost', 'budget', 'show')).toMatchObject({
			budgets: [
				{units: 3, reserved: 3, remaining: 0},
				{units: 16, pack: 'image', reserved: 16, remaining: 0},
			],
		});
		expect(await run('cost', 'report', '--by', 'type')).toMatchObject({
			groups: [
				{group: 'create', estimated_units: 3, money: 0.42},
				{group: 'image', pack: 'image', estimated_units: 16, money: 0.06},
			],
			total: {tasks: 2, estimated_units: 3, image: {estimated_units: 16}, money: 0.48},
			image_unit_price: 0.0035,
		});
	});

	test('is shown to people, and the hint raises it far enough', async () => {
		await create('--wait');
		const {stdout} = await kling(['cost', 'budget', 'set', '2', '--per', 'day', '--human'], {env, cwd});
		expect(stdout).toMatch(/remaining:\s+0/);
		expect((await kling(['cost', 'budget', 'show', '--human'], {env, cwd})).stdout).toContain('1 budget');
		const refused = JSON.parse((await kling(['video', 'create', 'a fox'], {env, cwd})).stdout);
		expect(refused.error.hint).toContain('kling cost budget set 6 --per day');
		expect((await kling(['cost', 'report', '--by', 'model', '--human'], {env, cwd})).stdout).toContain(
			'kling-v3-omni',
		);
	});

	test('counts the actual cost of finished tasks, and nothing for a failed one', async () => {
		await run('cost', 'budget', 'set', '6', '--per', 'total', '--tag', 'client=acme');
		await kling(withFastPolling(['create', 'a fox [fail]', '--tag', 'client=acme', '--wait']), {env, cwd});
		await create('--tag', 'client=acme', '--wait');
		await create('--tag', 'client=acme');
		await create('--tag', 'client=other');
		const {code} = await kling(['video', 'create', 'a fox', '--tag', 'client=acme'], {env, cwd});
		expect(code).toBe(7);
		expect(await run('cost', 'budget', 'show')).toMatchObject({
			budgets: [{tag: 'client=acme', spent: 3, reserved: 3, remaining: 0}],
		});
		expect(await run('cost', 'budget', 'clear')).toMatchObject({removed: 1});
		await create('--tag', 'client=acme');
	});

	test('is never exceeded by twenty submissions at once', async () => {
		await run('cost', 'budget', 'set', '16', '--per', 'month');
		const all = await Promise.all(
			Array.from({length: 20}, (_, at) => kling(['video', 'create', `a fox ${at}`], {env, cwd, alone: true})),
		);
		const codes = all.map(({code}) => code);
		expect(codes.filter((code) => code === 0)).toHaveLength(5);
		expect(codes.filter((code) => code === 7)).toHaveLength(15);
		expect(posts()).toBe(5);
		expect(await run('cost', 'budget', 'show')).toMatchObject({budgets: [{reserved: 15, remaining: 1}]});
	});
});

describe('--sidecar', () => {
	test('writes how a clip was made beside it, and no secret', async () => {
		await create('--tag', 'client=acme', '--download', 'fox.mp4', '--sidecar');
		const bytes = readFileSync(path.join(cwd, 'fox.mp4'));
		const text = readFileSync(path.join(cwd, 'fox.mp4.json'), 'utf8');
		expect(JSON.parse(text)).toMatchObject({
			...{kling_sidecar: 1, file: 'fox.mp4', bytes: bytes.length, c2pa: false, type: 'create'},
			sha256: createHash('sha256').update(bytes).digest('hex'),
			task_id: expect.stringMatching(/^\d{18}$/),
			video_id: expect.any(String),
			external_task_id: expect.stringMatching(/^kling-/),
			...{model: 'kling-v3-omni', tags: {client: 'acme'}, estimated_units: '3', units: '3'},
			request: {prompt: 'a fox'},
			submitted_at: expect.any(Number),
			expires_at: expect.any(Number),
		});
		expect(text).not.toContain(String(env.KLING_SECRET_KEY));
		await run('video', 'download', '@last', '-o', 'again.mp4', '--sidecar');
		expect(readdirSync(cwd)).toContain('again.mp4.json');
	});

	test('leaves another file at its path alone, with a warning', async () => {
		writeFileSync(path.join(cwd, 'fox.mp4.json'), '{"mine": true}');
		const {code, stderr} = await kling(
			withFastPolling(['create', 'a fox', '--download', 'fox.mp4', '--sidecar']),
			{
				env,
				cwd,
			},
		);
		expect({code, stderr}).toMatchObject({code: 0, stderr: expect.stringContaining('another file is there')});
		expect(readFileSync(path.join(cwd, 'fox.mp4.json'), 'utf8')).toBe('{"mine": true}');
	});

	test('and tags can be set in a profile', async () => {
		const config = path.join(cwd, 'config', 'kling-cli');
		mkdirSync(config, {recursive: true});
		const {
			KLING_ACCESS_KEY: access_key,
			KLING_SECRET_KEY: secret_key,
			KLING_BASE_URL: base_url,
			...rest
		} = env;
		const own = {...rest, XDG_CONFIG_HOME: path.join(cwd, 'config')};
		const profiles = {default: {base_url, tags: {client: 'acme'}, sidecar: true}};
		writeFileSync(path.join(config, 'config.json'), JSON.stringify({profiles}));
		const keys = {profiles: {default: {access_key, secret_key}}};
		writeFileSync(path.join(config, 'credentials.json'), JSON.stringify(keys), {mode: 0o600});
		await succeeds(withFastPolling(['create', 'a fox', '--tag', 'job=1', '--download', 'fox.mp4']), {
			env: own,
			cwd,
		});
		expect(JSON.parse(readFileSync(path.join(cwd, 'fox.mp4.json'), 'utf8'))).toMatchObject({
			tags: {client: 'acme', job: '1'},
		});
	});
});

test('history finds results that expire and are not on this disk, and the command that downloads them', async () => {
	await create('--download', 'kept.mp4');
	await create('--download', 'lost.mp4');
	await create('--wait');
	await create();
	rmSync(path.join(cwd, 'lost.mp4'));
	// Kling keeps nothing of what such a call made.
	await run('voice', 'say', 'The ferry leaves at noon.', '-o', 'ferry.mp3');
	rmSync(path.join(cwd, 'ferry.mp3'));
	const {tasks} = await run('video', 'history', '--type', 'all', '--limit', '1');
	const [speech] = tasks as {task_id: string; type: string}[];
	expect(await fails(['video', 'status', speech?.task_id ?? ''], 9, {env, cwd})).toMatchObject({
		code: 'task_not_found',
		message: expect.stringContaining('The response to speech was its result'),
		hint: expect.stringContaining('kling account ledger'),
	});
	expect(await run('video', 'history', '--expiring', '29d')).toMatchObject({count: 0});
	const found = await run('video', 'history', '--expiring', '31d', '--missing');
	expect(found).toMatchObject({
		count: 2,
		tasks: [{expires_at: expect.any(Number)}, {expires_at: expect.any(Number)}],
	});
	await kling(commandInHint(String(found.next)), {env, cwd});
	expect(await run('video', 'history', '--missing')).toMatchObject({count: 0});
});
