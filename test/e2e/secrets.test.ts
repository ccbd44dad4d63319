import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type FakeServer, json, ok, refusal, startFakeServer} from '../support/fake-server.js';
import {freePort} from '../support/processes.js';
import {type Env, kling} from './kling.js';

/** No credential and no signature of a link is ever printed, not even in debug output. */
let api: FakeServer;
let assets: FakeServer;
/** Each run has its own folder, because two downloads to one file are refused. */
const newFolder = () => mkdtempSync(path.join(tmpdir(), 'kling-secrets-'));

beforeAll(async () => {
	[api, assets] = await Promise.all([startFakeServer(), startFakeServer()]);
});
afterAll(() => Promise.all([api.close(), assets.close()]));

const apiKey = {KLING_API_KEY: 'api-key-DO-NOT-SHOW'};
const pair = {KLING_ACCESS_KEY: 'ak', KLING_SECRET_KEY: 'secret-DO-NOT-SHOW'};
const debug = {DEBUG: '*'};
/** DEBUG only adds to stderr; stdout is unchanged. */
const runs: {env: Env; flags: string[]}[] = [
	{env: {...apiKey, ...debug}, flags: []},
	{env: {...pair, ...debug}, flags: []},
	{env: pair, flags: ['--human']},
];
/** The marked secrets, and the JSON Web Token made from a pair. */
const secret = /DO-NOT-SHOW|eyJ[\w-]{10,}\.[\w-]{10,}/;

/** Runs a command with each account, and returns the exit status, which must not differ. */
async function everywhere(args: string[], base = api.baseUrl) {
	const finished = await Promise.all(
		runs.map(({env, flags}) =>
			kling([...args, ...flags], {env: {KLING_BASE_URL: base, ...env}, cwd: newFolder()}),
		),
	);
	for (const {stdout, stderr} of finished) {
		expect(stdout).not.toMatch(secret);
		expect(stderr).not.toMatch(secret);
	}
	const codes = new Set(finished.map(({code}) => code));
	expect([...codes]).toHaveLength(1);
	return [...codes][0];
}

describe('the keys and the token', () => {
	test.each<[string, number, string[], FakeServer['answer']]>([
		['refused keys', 4, ['list'], refusal(401, 1000, 'Authentication failed')],
		['a refused create', 3, ['extend', 'v1'], refusal(400, 1201, 'This video not supported extend-video')],
		['a moderated create', 3, ['add-sound', 'v1'], refusal(400, 1301, 'risk control')],
		['an empty account', 7, ['extend', 'v1'], refusal(429, 1102, 'resource pack exhausted')],
		['something that is no API', 12, ['status', 'x'], json('<html>hello</html>', 200)],
		['a wrong shape', 12, ['status', 'x'], ok({task_id: 5, task_status: {}})],
		['usage', 2, ['list', '--limit', '0'], ok([])],
		['success', 0, ['list'], ok([])],
	])('%s', async (_, exit, args, answer) => {
		api.answer = answer;
		expect(await everywhere(['video', ...args])).toBe(exit);
	});

	test('nothing listens there', async () => {
		expect(await everywhere(['video', 'list'], `http://127.0.0.1:${await freePort()}`)).toBe(5);
	});

	test.each([
		'auth login my-key-DO-NOT-SHOW',
		'auth token my-key-DO-NOT-SHOW',
		'auth login --AK my-key-DO-NOT-SHOW',
		'auth login --with-stdin=my-key-DO-NOT-SHOW',
		'--api-key my-key-DO-NOT-SHOW video list',
		'DO-NOT-SHOW-0123456789abcdef',
		'auth DO-NOT-SHOW-0123456789abcdef',
		'account balance DO-NOT-SHOW-0123456789abcdef',
		'api /v1/x -H DO-NOT-SHOW-0123456789abcdef',
	])('a key in the wrong place is not repeated: %s', async (line) => {
		const {code, stdout, stderr} = await kling(line.split(' '));
		expect(code).toBe(2);
		expect(stdout + stderr).not.toMatch(secret);
	});

	test.each([[['--api-key=api-key-DO-NOT-SHOW']], [['--api-key', 'api-key-DO-NOT-SHOW']]])(
		'a key in a flag that does not exist is not repeated: %j',
		async (flags) => {
			const [plain, human] = await Promise.all([
				kling(['video', 'list', ...flags]),
				kling(['video', 'list', ...flags, '--human']),
			]);
			expect(JSON.parse(plain.stdout).error).toMatchObject({
				code: 'invalid_flag',
				message: expect.stringContaining('A secret must not be on a command line'),
			});
			expect(plain.stdout + plain.stderr + human.stdout + human.stderr).not.toMatch(secret);
		},
	);
});

describe('the signature of a link', () => {
	test.each<[string, number, FakeServer['answer']]>([
		['expired', 9, (_, response) => void response.writeHead(403).end()],
		['not there', 9, (_, response) => void response.writeHead(404).end('ksSecret')],
		[
			'a redirect off the network protocols',
			5,
			(_, r) => void r.writeHead(302, {location: 'file:///x?DO-NOT-SHOW'}).end(),
		],
	])('%s', async (_, exit, answer) => {
		const url = `${assets.baseUrl}/clip.mp4?ksSecret=DO-NOT-SHOW`;
		// Old enough that Kling may have deleted the file.
		const times = {created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000};
		api.answer = ok({
			task_id: 't1',
			task_status: 'succeed',
			task_result: {videos: [{id: 'v1', url}]},
			...times,
		});
		assets.answer = answer;
		expect(await everywhere(['video', 'download', 't1', '-o', 'x.mp4'])).toBe(exit);
	});
});
