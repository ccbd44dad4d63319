import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type FakeServer, ok, refusal, startFakeServer} from '../support/fake-server.js';
import {freePort} from '../support/processes.js';
import {type Env, kling} from './kling.js';

let api: FakeServer;
beforeAll(async () => {
	api = await startFakeServer();
});
afterAll(() => api.close());

const keys = {KLING_ACCESS_KEY: 'access-key-1234', KLING_SECRET_KEY: 'secret-DO-NOT-SHOW'};

/** The status of each check, and the document, which never contains a secret. */
async function doctor(env: Env) {
	const {code, stdout, stderr} = await kling(['doctor'], {env: {KLING_BASE_URL: api.baseUrl, ...env}});
	const document = JSON.parse(stdout);
	expect(stdout + stderr).not.toMatch(/DO-NOT-SHOW|eyJ/);
	const checks: {name: string; status: string; message: string; fix?: string}[] = document.checks;
	return {
		code,
		stderr,
		document,
		troubles: checks.filter(({status}) => status !== 'ok').map(({name, status}) => `${name}: ${status}`),
		check: (name: string) => checks.find((item) => item.name === name),
	};
}

test('when all is well, it says so', async () => {
	api.answer = ok([]);
	const {code, document, troubles, check} = await doctor(keys);
	expect({code, success: document.success, troubles}).toEqual({code: 0, success: true, troubles: []});
	expect(document.checks.map(({name}: {name: string}) => name)).toEqual([
		...['node', 'version', 'config', 'config folder', 'data folder', 'cache folder', 'certificates'],
		...['plugins', 'completion', 'credentials', 'address', 'proxy', 'connection', 'account', 'clock'],
	]);
	expect(check('credentials')?.message).toBe('Key ****1234, from the environment');
});

test('without keys, the connection to Kling is tested all the same', async () => {
	api.answer = refusal(401, 1002, 'The token was expected to have 3 parts, but got 0');
	const {code, document, troubles, check} = await doctor({});
	expect({code, troubles}).toEqual({code: 4, troubles: ['credentials: failure']});
	expect(document).toMatchObject({success: false, error: {code: 'missing_api_key'}});
	expect(check('credentials')?.fix).toContain('kling auth login');
	expect(check('connection')?.status).toBe('ok');
});

test('rejected keys are a problem of the account, not of the connection', async () => {
	api.answer = refusal(401, 1000, 'Authentication failed');
	const {code, troubles, check} = await doctor(keys);
	expect({code, troubles}).toEqual({code: 4, troubles: ['account: failure']});
	expect(check('account')?.fix).toContain('--region');
});

test('a wrong clock is a warning, and the other checks continue', async () => {
	api.answer = (request, response) => {
		response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString());
		ok([])(request, response);
	};
	const {code, troubles, check} = await doctor(keys);
	expect({code, troubles}).toEqual({code: 0, troubles: ['clock: warning']});
	expect(check('clock')).toMatchObject({message: expect.stringContaining('behind'), fix: expect.any(String)});
});

test('nothing responds', async () => {
	const {code, document, troubles} = await doctor({
		...keys,
		KLING_BASE_URL: `http://127.0.0.1:${await freePort()}`,
	});
	expect({code, troubles}).toEqual({code: 5, troubles: ['connection: failure']});
	expect(document.error.code).toBe('connection_error');
});

test('a broken config, a file where a folder should be, and an environment that trusts everyone', async () => {
	api.answer = ok([]);
	const home = mkdtempSync(path.join(tmpdir(), 'kling-doctor-'));
	mkdirSync(path.join(home, 'config', 'kling-cli'), {recursive: true});
	writeFileSync(path.join(home, 'config', 'kling-cli', 'config.json'), '{"profiles": ');
	writeFileSync(path.join(home, 'data'), 'a file');
	const {code, stderr, troubles, check} = await doctor({
		...keys,
		LOCALAPPDATA: path.join(home, 'config'),
		XDG_CONFIG_HOME: path.join(home, 'config'),
		XDG_DATA_HOME: path.join(home, 'data'),
		NODE_TLS_REJECT_UNAUTHORIZED: '0',
	});
	expect({code, troubles}).toEqual({
		code: 2,
		troubles: ['config: failure', 'data folder: warning', 'certificates: warning'],
	});
	expect(check('config')?.message).toContain('line 1, column 14');
	const folder = path.join(home, 'data', 'kling-cli');
	expect(check('data folder')?.fix).toBe(`Make sure that ${folder} is a folder that you can write to.`);
	// oclif looks for its plugin list there.
	expect(stderr).toMatch(
		/^Warning: no plugin is loaded: Cannot read .*package\.json: .*\n.*kling doctor.*\n/,
	);
	expect(stderr).not.toContain('ENOTDIR');
});

/** A config folder that contains a file, or a folder with its name, and others. */
function homeWith(name: string, text?: string, others: Readonly<Record<string, string>> = {}): Env {
	const home = mkdtempSync(path.join(tmpdir(), 'kling-doctor-'));
	const folder = path.join(home, 'config', 'kling-cli');
	mkdirSync(text === undefined ? path.join(folder, name) : folder, {recursive: true});
	const files = text === undefined ? others : {...others, [name]: text};
	for (const [file, content] of Object.entries(files)) writeFileSync(path.join(folder, file), content);
	return {LOCALAPPDATA: path.join(home, 'config'), XDG_CONFIG_HOME: path.join(home, 'config')};
}

test.each([
	['certificates', ['connection'], () => ({...keys, KLING_CA_FILE: '/none.pem'})],
	['address', ['connection'], () => ({...keys, KLING_BASE_URL: 'ftp://x'})],
	['proxy', ['connection'], () => ({...keys, KLING_BASE_URL: 'https://kling.test', HTTPS_PROXY: 'ftp://x'})],
	[
		'config',
		['credentials', 'address', 'connection'],
		() => ({...homeWith('config.json', '[]'), KLING_BASE_URL: ''}),
	],
	['config', ['credentials'], () => homeWith('config.json', '[]')],
	['config', ['credentials'], () => homeWith('config.json')],
	[
		'config',
		['credentials'],
		() => homeWith('credentials.json', '{', {'config.json': '{"profiles": {"default": {}}}'}),
	],
])('what is wrong with %s is reported once, and %j not checked', async (name, others, env) => {
	api.answer = refusal(401, 1002, 'The token was expected to have 3 parts, but got 0');
	const {code, document, troubles, check} = await doctor(env());
	expect({code, troubles}).toEqual({
		code: document.error.code === 'read_error' ? 10 : 2,
		troubles: [`${name}: failure`, ...others.map((other) => `${other}: skipped`)],
	});
	expect(document.error.code).toMatch(/^(invalid_config|read_error)$/);
	const [first = ''] = others;
	expect(check(first)?.message).toBe(`Not checked: see ${name}`);
});

test.skipIf(process.platform === 'win32')(
	'a pipe where a file is expected keeps nothing waiting',
	async () => {
		api.answer = ok([]);
		const home = mkdtempSync(path.join(tmpdir(), 'kling-doctor-'));
		execFileSync('mkfifo', [path.join(home, '.bashrc')]);
		const {code, check} = await doctor({...keys, HOME: home});
		expect({code, completion: check('completion')?.status}).toEqual({code: 0, completion: 'ok'});
	},
);

test('a list of plugins that is not JSON is reported in the words of the other warnings', async () => {
	api.answer = ok([]);
	const home = mkdtempSync(path.join(tmpdir(), 'kling-doctor-'));
	const data = path.join(home, 'kling-cli');
	mkdirSync(data);
	writeFileSync(path.join(data, 'package.json'), '{bad');
	const {code, stderr, troubles, check} = await doctor({...keys, LOCALAPPDATA: home, XDG_DATA_HOME: home});
	expect({code, troubles}).toEqual({code: 0, troubles: ['plugins: warning']});
	expect(check('plugins')?.fix).toContain('install the plugins again');
	expect(stderr).toMatch(
		/^Warning: no plugin is loaded: the list of plugins is not JSON: .*\nSee .*kling doctor\n$/,
	);
});

test('a certificate file that Node ignores has a fix', async () => {
	api.answer = ok([]);
	const {troubles, check} = await doctor({...keys, NODE_EXTRA_CA_CERTS: '/none'});
	expect(troubles).toEqual(['certificates: warning']);
	expect(check('certificates')?.fix).toContain('NODE_EXTRA_CA_CERTS');
});

test('keys that could be imported are named', async () => {
	api.answer = refusal(401, 1002, 'The token was expected to have 3 parts, but got 0');
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-skill-'));
	const file = path.join(folder, '.credentials');
	writeFileSync(file, 'access_key_id = ak-1234567890\nsecret_access_key = secret-DO-NOT-SHOW\n');
	const {check} = await doctor({KLING_STORAGE_ROOT: folder});
	expect(check('credentials')?.fix).toContain(`${file}: kling auth login --import`);
});

test('a query selects from the findings, even when a check failed', async () => {
	api.answer = ok([]);
	const env = {...keys, KLING_BASE_URL: api.baseUrl, KLING_CA_FILE: '/none.pem'};
	const {code, stdout} = await kling(['doctor', '--query', 'checks[?status!=`ok`].name'], {env});
	expect({code, names: JSON.parse(stdout)}).toEqual({code: 2, names: ['certificates', 'connection']});
});

test('for people, everything is wrapped and nothing is cut', async () => {
	const env = {...keys, KLING_BASE_URL: `http://127.0.0.1:${await freePort()}`, COLUMNS: '60'};
	const {stdout} = await kling(['doctor', '--human'], {env});
	expect(stdout).toMatch(
		/^failure {2}connection: Cannot reach .*\n {9}\S.*\n {9}Fix: Nothing listens there/m,
	);
	expect(stdout).not.toContain('…');
	// The path of a folder is one word, or several if it has spaces, on lines of their own.
	const lines = stdout.split('\n').filter((line) => !/^ +\S*\/\S+$/.test(line));
	for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
	const picked = await kling(['doctor', '--human', '--query', 'checks[?status!=`ok`]'], {env});
	expect(picked.stdout).toMatch(/^failure {2}connection: .*\n(.*\n)? {9}Fix: /);
});
