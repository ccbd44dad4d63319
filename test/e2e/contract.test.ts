import jwt from 'jsonwebtoken';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type FakeServer, ok, startFakeServer} from '../support/fake-server.js';
import {type Env, fails, kling, succeeds} from './kling.js';

/** What is sent, in full: the sandbox shares the program's tables, so it cannot check them. */
let server: FakeServer;
let env: Env;

beforeAll(async () => {
	server = await startFakeServer();
	env = {KLING_BASE_URL: server.baseUrl, KLING_ACCESS_KEY: 'ak-test', KLING_SECRET_KEY: 'sk-test'};
});
beforeEach(() => {
	server.seen = [];
	server.answer = (request, response) => {
		const asked = decodeURIComponent(request.url.split('/').at(-1) ?? '');
		const info = request.method === 'GET' ? {task_info: {external_task_id: asked}} : {};
		ok({task_id: '900000000000000001', task_status: 'submitted', ...info})(request, response);
	};
});
afterAll(() => server.close());

async function sent(args: string[]) {
	await succeeds(args, {env});
	expect(server.seen).toHaveLength(1);
	const [request] = server.seen;
	return request ?? expect.fail('nothing was sent');
}

describe('status uses the path of the type', () => {
	test.each([
		[[], '/v1/videos/omni-video/900000000000000001'],
		[['--type', 'create'], '/v1/videos/omni-video/900000000000000001'],
		[['-t', 'text2video'], '/v1/videos/text2video/900000000000000001'],
		[['--type=image2video'], '/v1/videos/image2video/900000000000000001'],
		[['-t', 'extend'], '/v1/videos/video-extend/900000000000000001'],
		[['--type', 'add-sound'], '/v1/audio/video-to-audio/900000000000000001'],
	])('%j', async (flags, url) => {
		const request = await sent(['video', 'status', '900000000000000001', ...flags]);
		expect([request.method, request.url, request.body]).toEqual(['GET', url, '']);
	});

	test.each([
		['a?x=1#y', 'a%3Fx%3D1%23y'],
		['%2e%2e', '%252e%252e'],
		['..%2f..', '..%252f..'],
		['日本', '%E6%97%A5%E6%9C%AC'],
		['  900000000000000001  ', '900000000000000001'],
	])('an id is one path segment: %j', async (id, segment) => {
		expect((await sent(['video', 'status', id])).url).toBe(`/v1/videos/omni-video/${segment}`);
	});

	test.each(['a/b', '../tasks', '..\\tasks'])('a path is not an id, and is never sent: %j', async (id) => {
		expect((await fails(['video', 'status', id], 2, {env})).code).toBe('invalid_task_id');
		expect(server.seen).toEqual([]);
	});

	test('requests name the program', async () => {
		expect((await sent(['video', 'status', 'x'])).headers['user-agent']).toBe('kling-cli');
	});

	test('the base URL may have a path before the API', async () => {
		await succeeds(['video', 'status', 'x'], {
			env: {...env, KLING_BASE_URL: `${server.baseUrl}/proxy/kling/`},
		});
		expect(server.seen[0]?.url).toBe('/proxy/kling/v1/videos/omni-video/x');
	});
});

describe('list', () => {
	beforeEach(() => {
		server.answer = ok([]);
	});
	test.each([
		[[], '/v1/videos/omni-video?pageNum=1&pageSize=30'],
		[['--limit', '50', '--page', '2'], '/v1/videos/omni-video?pageNum=2&pageSize=50'],
		[['-l', '500', '-p', '1000', '-t', 'add-sound'], '/v1/audio/video-to-audio?pageNum=1000&pageSize=500'],
		[['--type', 'text2video', '-l', '1'], '/v1/videos/text2video?pageNum=1&pageSize=1'],
	])('%j', async (flags, url) => {
		const request = await sent(['video', 'list', ...flags]);
		expect([request.method, request.url]).toEqual(['GET', url]);
	});
});

describe('submits', () => {
	const external = {external_task_id: expect.stringMatching(/^[\w-]{10,64}$/)};
	const said = 'x'.repeat(200);

	test.each([
		[['extend', 'v1'], '/v1/videos/video-extend', {video_id: 'v1', cfg_scale: 0.5}],
		[
			['extend', 'v1', '--prompt', 'on', '--negative', 'text', '--cfg-scale', '0.7', '--watermark'],
			'/v1/videos/video-extend',
			{
				video_id: 'v1',
				prompt: 'on',
				negative_prompt: 'text',
				cfg_scale: 0.7,
				watermark_info: {enabled: true},
			},
		],
		[['extend', 'v1', '--cfg-scale', '0'], '/v1/videos/video-extend', {video_id: 'v1', cfg_scale: 0}],
		[
			['extend', 'v1', '--cfg-scale', '1', '--prompt', ''],
			'/v1/videos/video-extend',
			{video_id: 'v1', cfg_scale: 1},
		],
		[['add-sound', 'v1'], '/v1/audio/video-to-audio', {video_id: 'v1'}],
		[
			['add-sound', 'v1', '--sound', 'footsteps, birds', '--bgm', 'upbeat jazz', '--asmr'],
			'/v1/audio/video-to-audio',
			{video_id: 'v1', sound_effect_prompt: 'footsteps, birds', bgm_prompt: 'upbeat jazz', asmr_mode: true},
		],
		[
			['add-sound', '--url', 'https://example.com/video.mp4', '-s', said, '-b', '🎷'.repeat(200)],
			'/v1/audio/video-to-audio',
			{
				video_url: 'https://example.com/video.mp4',
				sound_effect_prompt: said,
				bgm_prompt: '🎷'.repeat(200),
			},
		],
	])('%j', async (args, url, body) => {
		const request = await sent(['video', ...args]);
		expect([request.method, request.url]).toEqual(['POST', url]);
		expect(request.headers['content-type']).toBe('application/json');
		expect(JSON.parse(request.body)).toEqual({...body, ...external});
	});

	test('two submissions have two external ids', async () => {
		const submit = () => kling(['video', 'extend', 'v1'], {env, alone: true});
		await Promise.all([submit(), submit()]);
		const ids = server.seen.map(({body}) => JSON.parse(body).external_task_id);
		expect(new Set(ids).size).toBe(2);
	});
});

describe('credentials', () => {
	test('a key pair signs a JWT as Kling requires', async () => {
		const before = Math.floor(Date.now() / 1000);
		const {headers} = await sent(['video', 'status', 'x']);
		const [scheme, token = ''] = (headers.authorization ?? '').split(' ');
		expect(scheme).toBe('Bearer');
		const {header, payload} = jwt.verify(token, 'sk-test', {complete: true, algorithms: ['HS256']});
		expect(header).toEqual({alg: 'HS256', typ: 'JWT'});
		const claims = payload as jwt.JwtPayload;
		expect(Object.keys(claims).sort()).toEqual(['exp', 'iss', 'nbf']);
		expect(claims.iss).toBe('ak-test');
		expect((claims.exp ?? 0) - (claims.nbf ?? 0)).toBe(1805);
		expect((claims.nbf ?? 0) + 5 - before).toBeLessThan(20);
	});

	test.each([
		[{KLING_API_KEY: 'api-key-kling-1'}, 'api-key-kling-1'],
		[{KLING_TOKEN: 'api-key-kling-2'}, 'api-key-kling-2'],
		[{KLING_API_KEY: ' api-key-kling-3\n'}, 'api-key-kling-3'],
		[{KLING_API_KEY: '', KLING_TOKEN: 'api-key-kling-4'}, 'api-key-kling-4'],
	])('an API key is sent unchanged: %j', async (key, expected) => {
		await succeeds(['video', 'status', 'x'], {env: {KLING_BASE_URL: server.baseUrl, ...key}});
		expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${expected}`);
	});

	test('the aliases of the key pair and the base URL work, and a pair beats an API key', async () => {
		await succeeds(['video', 'status', 'x'], {
			env: {
				KLING_API_BASE: server.baseUrl,
				KLING_ACCESS_KEY_ID: 'ak-alias',
				KLING_SECRET_ACCESS_KEY: 'sk-alias',
				KLING_API_KEY: 'api-key-kling-1',
			},
		});
		const token = server.seen[0]?.headers.authorization?.replace('Bearer ', '') ?? '';
		expect(jwt.verify(token, 'sk-alias')).toMatchObject({iss: 'ak-alias'});
	});
});
