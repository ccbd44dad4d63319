import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {ok, startFakeServer} from '../support/fake-server.js';
import {fakeKeychainEnv} from '../support/keychain.js';
import {type Env, fails, kling, succeeds} from './kling.js';

/** Signing in, and what it changes for every other command. */
let sandbox: Sandbox;
let other: Sandbox;
let home: string;
let env: Env;
let configFolder: string;

beforeAll(async () => {
	[sandbox, other] = await Promise.all([startSandbox(), startSandbox()]);
});
afterAll(() => Promise.all([sandbox.close(), other.close()]));
beforeEach(() => {
	home = mkdtempSync(path.join(tmpdir(), 'kling-auth-'));
	configFolder = path.join(home, 'config', 'kling-cli');
	env = {
		HOME: home,
		USERPROFILE: home,
		LOCALAPPDATA: path.join(home, 'config'),
		XDG_CONFIG_HOME: path.join(home, 'config'),
		XDG_DATA_HOME: path.join(home, 'data'),
		...fakeKeychainEnv(home, 'none'),
	};
});

const pairOf = ({accessKey, secretKey}: Sandbox) =>
	JSON.stringify({access_key: accessKey, secret_key: secretKey});

/** Signs in as the owner of a sandbox. */
const login = (whose: Sandbox, args: string[] = [], more: Env = {}, input = pairOf(whose)) =>
	succeeds(['auth', 'login', '--with-stdin', '--quiet', ...args], {
		input,
		env: {...env, KLING_BASE_URL: whose.baseUrl, ...more},
	});

const read = (name: string) => readFileSync(path.join(configFolder, name), 'utf8');

test('signing in works without environment variables, until signing out', async () => {
	expect(await login(sandbox)).toEqual({
		success: true,
		profile: 'default',
		current: true,
		key: `****${sandbox.accessKey.slice(-4)}`,
		base_url: sandbox.baseUrl,
		storage: 'file',
		path: path.join(configFolder, 'credentials.json'),
	});
	expect(readdirSync(configFolder).sort()).toEqual(['config.json', 'credentials.json']);
	expect(read('config.json')).not.toContain(sandbox.secretKey);
	expect(await succeeds(['video', 'list', '--limit', '1'], {env})).toMatchObject({count: 1});
	expect(await succeeds(['auth', 'status'], {env})).toEqual({
		success: true,
		profile: 'default',
		source: 'file',
		key: `****${sandbox.accessKey.slice(-4)}`,
		base_url: sandbox.baseUrl,
		works: true,
		clock_ahead_ms: 0,
	});
	expect(await succeeds(['auth', 'logout'], {env})).toEqual({
		success: true,
		profile: 'default',
		removed: true,
	});
	expect(read('credentials.json')).not.toContain(sandbox.secretKey);
	const error = await fails(['video', 'list'], 4, {env});
	expect(error).toMatchObject({code: 'missing_api_key', hint: expect.stringContaining('kling auth login')});
});

test('profiles: list, switch, --profile, KLING_PROFILE, and keys in the environment', async () => {
	await login(sandbox);
	await login(other, ['--profile', 'studio'], {}, other.apiKey);
	const listed = await succeeds(['auth', 'list'], {env});
	const csv = await kling(['auth', 'list', '--csv'], {env});
	expect(csv.stdout).toMatch(/^profile,current,key,region,base_url,storage\n(?:\w+,(?:true|false),.+\n){2}$/);
	expect(listed).toMatchObject({
		profiles: [
			{profile: 'default', current: true, base_url: sandbox.baseUrl},
			{profile: 'studio', current: false, base_url: other.baseUrl, key: `****${other.apiKey.slice(-4)}`},
		],
		count: 2,
	});
	const address = async (args: string[] = [], more: Env = {}) =>
		(await succeeds(['auth', 'status', ...args], {env: {...env, ...more}})).base_url;
	const keys = {KLING_ACCESS_KEY: sandbox.accessKey, KLING_SECRET_KEY: sandbox.secretKey};
	expect(await address()).toBe(sandbox.baseUrl);
	expect(await address(['--profile', 'studio'])).toBe(other.baseUrl);
	expect(await address([], {KLING_PROFILE: 'studio'})).toBe(other.baseUrl);
	expect(await address(['--profile', 'studio'], {...keys, KLING_PROFILE: 'default'})).toBe(other.baseUrl);
	// Keys and address come from one source: these keys are not sent to a profile's address.
	const error = await succeeds(['video', 'create', 'x', '--dry-run'], {
		env: {...env, ...keys, KLING_PROFILE: 'studio'},
	});
	expect(error.url).toMatch(/^https:\/\/api-singapore/);
	expect(await succeeds(['auth', 'switch', 'studio'], {env})).toMatchObject({
		profile: 'studio',
	});
	expect(await address()).toBe(other.baseUrl);
	const dry = await succeeds(['video', 'create', 'x', '--dry-run', '--region', 'cn'], {env});
	expect(dry.url).toMatch(/^https:\/\/api-beijing/);
});

test('the commands in hints keep the profile', async () => {
	await login(sandbox);
	await login(other, ['--profile', 'studio']);
	const made = await succeeds(['video', 'create', 'a fox', '--profile', 'studio'], {env});
	const error = await fails(
		['video', 'wait', String(made.task_id), '--timeout', '1ms', '--profile', 'studio', '--quiet'],
		8,
		{env},
	);
	expect(error.hint).toContain('--profile studio');
});

describe('after signing out of the current profile', () => {
	test('no other profile is used until one is chosen', async () => {
		await login(sandbox);
		await login(other, ['--profile', 'apij']);
		await succeeds(['auth', 'switch', 'apij'], {env});
		const {code, stderr} = await kling(['auth', 'logout'], {env});
		expect({code, stderr}).toEqual({
			code: 0,
			stderr:
				'No profile is current now. There are: default. Choose one: kling auth switch default; or name one: --profile default\n',
		});
		const listed = await kling(['auth', 'list'], {env});
		expect(JSON.parse(listed.stdout)).toMatchObject({profiles: [{profile: 'default', current: false}]});
		expect(listed.stderr).toContain('No profile is current. ');
		const hint = expect.stringContaining('kling auth switch default');
		for (const args of [
			['video', 'create', 'a fox'],
			['auth', 'status'],
		]) {
			expect(await fails(args, 4, {env})).toMatchObject({code: 'missing_api_key', hint});
		}
		expect(await fails(['auth', 'logout'], 2, {env})).toMatchObject({
			code: 'unknown_profile',
			hint,
		});
		const input = pairOf(other);
		const base = {...env, KLING_BASE_URL: other.baseUrl};
		expect(await fails(['auth', 'login', '--with-stdin'], 2, {env: base, input})).toMatchObject({
			code: 'conflicting_input',
		});
		const status = async (args: string[] = [], more: Env = {}) =>
			(await succeeds(['auth', 'status', ...args], {env: {...env, ...more}})).base_url;
		expect(await status(['--profile', 'default'])).toBe(sandbox.baseUrl);
		expect(await status([], {KLING_PROFILE: 'default'})).toBe(sandbox.baseUrl);
		// The profile that signs in then becomes the current one.
		expect(await login(other, ['--profile', 'apij'])).toMatchObject({current: true});
		expect(await status()).toBe(other.baseUrl);
	});

	test('the last one leaves nothing behind, and the next first one becomes current', async () => {
		await login(sandbox, ['--profile', 'a']);
		await succeeds(['auth', 'logout'], {env});
		expect(await login(sandbox)).toMatchObject({profile: 'default', current: true});
	});
});

test('a file without a current profile means the default one, and says so', async () => {
	await login(sandbox);
	await login(other, ['--profile', 'studio']);
	const {current: _, ...rest} = JSON.parse(read('config.json'));
	writeFileSync(path.join(configFolder, 'config.json'), JSON.stringify(rest));
	expect(await succeeds(['auth', 'list'], {env})).toMatchObject({
		profiles: [
			{profile: 'default', current: true},
			{profile: 'studio', current: false},
		],
	});
	expect(await succeeds(['auth', 'status'], {env})).toMatchObject({profile: 'default'});
});

test('a current profile that does not exist is named, along with those that do', async () => {
	await login(sandbox, ['--profile', 'studio']);
	writeFileSync(
		path.join(configFolder, 'config.json'),
		read('config.json').replace('"current": "studio"', '"current": "gone"'),
	);
	expect(await fails(['video', 'list'], 2, {env})).toMatchObject({
		code: 'unknown_profile',
		message: expect.stringContaining("The current profile 'gone'"),
		hint: 'There are: studio. Choose one: kling auth switch studio; or name one: --profile studio',
	});
});

describe('keys without a profile', () => {
	test('in the file are named, and signing out removes them', async () => {
		await login(sandbox);
		await login(other, ['--profile', 'lost']);
		const {profiles, ...rest} = JSON.parse(read('config.json'));
		const config = JSON.stringify({...rest, profiles: {default: profiles.default}});
		writeFileSync(path.join(configFolder, 'config.json'), config);
		const {stdout} = await kling(['doctor'], {env});
		const {checks} = JSON.parse(stdout) as {checks: {name: string}[]};
		expect(checks.find(({name}) => name === 'config')).toMatchObject({
			status: 'warning',
			message: expect.stringContaining("still holds keys for 'lost'"),
			fix: 'kling auth logout --profile lost',
		});
		const {stderr} = await kling(['auth', 'logout'], {env});
		expect(stderr).toContain('kling auth logout --profile lost');
		await succeeds(['auth', 'logout', '--profile', 'lost'], {env});
		expect(JSON.parse(read('credentials.json'))).toEqual({profiles: {}});
		await fails(['auth', 'logout', '--profile', 'lost'], 2, {env});
	});

	test('in the keychain are removed by their name', async () => {
		const keychain = fakeKeychainEnv(home);
		await login(sandbox, ['--profile', 'lost'], keychain);
		rmSync(path.join(configFolder, 'config.json'));
		await succeeds(['auth', 'logout', '--profile', 'lost'], {env: {...env, ...keychain}});
		expect(readFileSync(keychain.FAKE_KEYCHAIN, 'utf8')).toBe('{}');
		await fails(['auth', 'logout', '--profile', 'lost'], 2, {env: {...env, ...keychain}});
	});
});

describe('keys are stored in the system keychain', () => {
	test('where there is one', async () => {
		const keychain = fakeKeychainEnv(home);
		expect(await login(sandbox, [], keychain)).toMatchObject({storage: 'keychain'});
		expect(existsSync(path.join(configFolder, 'credentials.json'))).toBe(false);
		expect(readFileSync(keychain.FAKE_KEYCHAIN, 'utf8')).toContain(sandbox.secretKey);
		const status = await succeeds(['auth', 'status'], {env: {...env, ...keychain}});
		expect(status).toMatchObject({source: 'keychain', works: true});
		// Moving them to a file leaves nothing behind.
		expect(await login(sandbox, ['--insecure-storage'], keychain)).toMatchObject({storage: 'file'});
		expect(readFileSync(keychain.FAKE_KEYCHAIN, 'utf8')).toBe('{}');
	});

	test.each(['none', 'hangs', 'absent'] as const)('or in a file when it is: %s', async (kind) => {
		const {code, stdout, stderr} = await kling(['auth', 'login', '--with-stdin'], {
			input: pairOf(sandbox),
			env: {...env, ...fakeKeychainEnv(home, kind), KLING_BASE_URL: sandbox.baseUrl},
		});
		expect({code, storage: JSON.parse(stdout).storage}).toEqual({code: 0, storage: 'file'});
		expect(stderr).toMatch(/^No keychain here \(.{5,60}\): the keys go to a file that only you can read\.$/m);
		expect(stdout + stderr).not.toContain(sandbox.secretKey);
		// The note appears once.
		const again = await kling(['auth', 'login', '--with-stdin', '--profile', 'b'], {
			input: pairOf(sandbox),
			env: {...env, ...fakeKeychainEnv(home, kind), KLING_BASE_URL: sandbox.baseUrl},
		});
		expect(again.code).toBe(0);
		expect(again.stderr).not.toContain('keychain');
	});

	// Other systems do not have this tool.
	test.runIf(process.platform === 'linux')(
		'and read by the system’s own tool, without another Node process',
		async () => {
			await login(sandbox, [], fakeKeychainEnv(home));
			const bin = path.join(home, 'bin');
			mkdirSync(bin);
			const keys = JSON.stringify({access_key: sandbox.accessKey, secret_key: sandbox.secretKey});
			const answer = `[ "$*" = "lookup service kling-cli username default" ] && printf %s '${keys}'`;
			writeFileSync(path.join(bin, 'secret-tool'), `#!/bin/sh\n${answer}\n`, {mode: 0o755});
			// The package itself would wait for ever.
			const keychain = {...fakeKeychainEnv(home, 'hangs'), PATH: `${bin}:${process.env.PATH}`};
			const status = await succeeds(['auth', 'status'], {env: {...env, ...keychain}});
			expect(status).toMatchObject({source: 'keychain', works: true});
		},
	);

	test('and a keychain that is locked later is named', async () => {
		await login(sandbox, [], fakeKeychainEnv(home));
		const error = await fails(['video', 'list'], 4, {env});
		expect(error).toMatchObject({message: expect.stringContaining('no bus')});
	});
});

describe('nothing is stored of', () => {
	test.each([
		['wrong keys', () => `${sandbox.accessKey}\nwrong-secret`, 'invalid_api_key'],
		['no keys', () => '', 'missing_api_key'],
		['broken JSON', () => `{"secret_key": "${sandbox.secretKey}"`, 'missing_api_key'],
	])('%s', async (_, input, code) => {
		const error = await fails(['auth', 'login', '--with-stdin'], 4, {
			input: input(),
			env: {...env, KLING_BASE_URL: sandbox.baseUrl},
		});
		expect(error.code).toBe(code);
		expect(JSON.stringify(error)).not.toContain(sandbox.secretKey);
		expect(existsSync(configFolder)).toBe(false);
	});

	test('signing in without a terminal', async () => {
		const error = await fails(['auth', 'login'], 4, {env});
		expect(error).toMatchObject({code: 'missing_api_key', hint: expect.stringContaining('--with-stdin')});
	});
});

test('the official skill’s keys are imported, and its file is unchanged', async () => {
	const folder = path.join(home, '.config', 'kling');
	mkdirSync(folder, {recursive: true});
	const file = path.join(folder, '.credentials');
	const text = `[default]\naccess_key_id = ${sandbox.accessKey}\nsecret_access_key = ${sandbox.secretKey}\n`;
	writeFileSync(file, text);
	const document = await succeeds(['auth', 'login', '--import', '--quiet'], {
		env: {...env, KLING_BASE_URL: sandbox.baseUrl},
	});
	expect(document).toMatchObject({profile: 'default', storage: 'file'});
	expect(readFileSync(file, 'utf8')).toBe(text);
});

test('only the token goes to stdout, and other programs can use it', async () => {
	await login(sandbox);
	const {code, stdout, stderr} = await kling(['auth', 'token', '--verbose'], {env});
	expect({code, stdout}).toEqual({code: 0, stdout: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/)});
	expect(stderr).toMatch(/^Expires \S+Z, in 30 minutes\n$/);
	const reply = await fetch(`${sandbox.baseUrl}/v1/videos/omni-video`, {
		headers: {authorization: `Bearer ${stdout.trim()}`},
	});
	expect(reply.status).toBe(200);
});

test.each([['--json'], ['--query', 'token']])(
	'auth token prints no document, and refuses %s',
	async (...args) => {
		await login(sandbox);
		const error = await fails(['auth', 'token', ...args], 2, {env});
		expect(error).toMatchObject({code: 'conflicting_input', message: expect.stringContaining(args[0] ?? '')});
	},
);

test('flags that exclude each other are named without values', async () => {
	const error = await fails(['auth', 'login', '--api-key', '--with-stdin'], 2, {env});
	expect(error.message).toMatch(
		/^--(api-key|with-stdin) cannot be given together with --(api-key|with-stdin)$/,
	);
});

test('rejected keys are an error with the facts', async () => {
	await login(sandbox);
	const {code, stdout} = await kling(['auth', 'status'], {env: {...env, KLING_BASE_URL: other.baseUrl}});
	expect(code).toBe(4);
	expect(JSON.parse(stdout)).toMatchObject({
		success: false,
		error: {code: 'invalid_api_key', api_code: 1000},
		profile: 'default',
		source: 'file',
		base_url: other.baseUrl,
		works: false,
	});
});

test('a wrong clock is reported', async () => {
	const api = await startFakeServer();
	try {
		api.answer = (request, response) => {
			response.setHeader('date', new Date(Date.now() - 600_000).toUTCString());
			ok([])(request, response);
		};
		const status = await succeeds(['auth', 'status'], {
			env: {...env, KLING_BASE_URL: api.baseUrl, KLING_API_KEY: 'some-api-key'},
		});
		expect(status).toMatchObject({source: 'environment', works: true, key: '****-key'});
		expect(Math.abs(Number(status.clock_ahead_ms) - 600_000)).toBeLessThan(5000);
	} finally {
		await api.close();
	}
});

test('a broken config file is named, and left unchanged', async () => {
	mkdirSync(configFolder, {recursive: true});
	const text = '{\n\t"current": "a",\n\t"profiles": {"a": {"region": "mars"},}\n}\n';
	writeFileSync(path.join(configFolder, 'config.json'), text);
	const error = await fails(['video', 'list'], 2, {env});
	expect(error).toMatchObject({
		code: 'invalid_config',
		message: expect.stringContaining('config.json is not JSON at line 3'),
		path: path.join(configFolder, 'config.json'),
	});
	const base = {...env, KLING_BASE_URL: sandbox.baseUrl};
	await fails(['auth', 'login', '--with-stdin'], 2, {input: pairOf(sandbox), env: base});
	expect(read('config.json')).toBe(text);
	// Keys in the environment need no file.
	await succeeds(['video', 'list'], {env: {...base, KLING_API_KEY: sandbox.apiKey}});
	writeFileSync(path.join(configFolder, 'config.json'), text.replace(',}', '}'));
	expect((await fails(['video', 'list'], 2, {env})).message).toMatch(
		/is wrong at line 3: profiles\.a\.region must be one of global, cn/,
	);
	rmSync(path.join(configFolder, 'config.json'));
	mkdirSync(path.join(configFolder, 'config.json'));
	expect((await fails(['video', 'list'], 10, {env})).message).toMatch(/^Cannot read .*: it is a folder$/);
});

test.each([
	[['auth', 'switch', 'nobody'], 'unknown_profile'],
	[['auth', 'logout', '--profile', 'nobody'], 'unknown_profile'],
	[['auth', 'logout'], 'unknown_profile'],
	[['video', 'list', '--profile', 'nobody'], 'unknown_profile'],
	[['video', 'list', '--profile', '../x'], 'invalid_profile'],
])('%j is %s', async (args, code) => {
	expect((await fails(args, 2, {env})).code).toBe(code);
});

test('a profile’s secret is hidden from debug output', async () => {
	await login(sandbox, [], {}, sandbox.apiKey);
	const {code, stdout, stderr} = await kling(['video', 'list', '--debug'], {env: {...env, DEBUG: '*'}});
	expect({code, isTold: stderr.includes('debug: ')}).toEqual({code: 0, isTold: true});
	expect(stdout + stderr).not.toContain(sandbox.apiKey);
});
