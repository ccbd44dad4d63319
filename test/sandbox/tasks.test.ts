import http from 'node:http';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {clipOf, type Kling, startKling} from './kling.js';

const omni = '/v1/videos/omni-video';
const text2video = '/v1/videos/text2video';
const image2video = '/v1/videos/image2video';
const extend = '/v1/videos/video-extend';
const addSound = '/v1/audio/video-to-audio';

const request = {
	model_name: 'kling-v3-omni',
	prompt: 'A red fox.',
	mode: 'std',
	aspect_ratio: '1:1',
	duration: '5',
};
const old = {model_name: 'kling-v1-6', prompt: 'A lake.'};

let kling: Kling;
beforeEach(async () => {
	kling = await startKling();
});
afterEach(() => kling.sandbox.close());

const refusal = async (path: string, body: unknown) => {
	const {status, body: reply} = await kling.call('POST', path, {body});
	return `${status}/${reply.code} ${reply.message}`;
};

const makeClip = async (path: string, body: object, seconds = 300) => {
	const id = await kling.create(path, body);
	kling.pass(seconds);
	return clipOf(await kling.get(path, id));
};

describe('the life of a task', () => {
	test('submitted, processing, succeed, each with the time since when', async () => {
		const start = kling.now();
		const id = await kling.create(omni, request);
		expect(await kling.get(omni, id)).toMatchObject({task_status: 'submitted', updated_at: start});
		kling.pass(9);
		expect(await kling.get(omni, id)).toMatchObject({task_status: 'processing', updated_at: start + 8300});
		kling.pass(73.9);
		expect(await kling.get(omni, id)).toMatchObject({task_status: 'processing', task_result: {}});
		kling.pass(0.1);
		const done = await kling.get(omni, id);
		expect(done).toMatchObject({task_status: 'succeed', created_at: start, updated_at: start + 83_000});
		kling.pass(1000);
		expect(await kling.get(omni, id)).toEqual(done);
	});

	test('speed shortens the duration of a task, and nothing else', async () => {
		const fast = await startKling({speed: 10});
		const start = fast.now();
		const id = await fast.create(omni, request);
		fast.pass(8.3);
		const task = await fast.get(omni, id);
		expect(task).toMatchObject({task_status: 'succeed', created_at: start, updated_at: start + 8300});
		await fast.sandbox.close();
	});

	test('task and video id have 18 digits, begin alike, and are not interchangeable', async () => {
		const id = await kling.create(omni, request);
		kling.pass(83);
		const video = clipOf(await kling.get(omni, id));
		expect(id).toMatch(/^\d{18}$/);
		expect(video.id).toMatch(/^\d{18}$/);
		expect(video.id.slice(0, 9)).toBe(id.slice(0, 9));
		expect(video.id).not.toBe(id);
		expect((await kling.call('GET', `${omni}/${video.id}`)).body.code).toBe(1201);
	});

	test.each([
		['5', '5.041'],
		['7', '7.041'],
		['15', '15.041'],
	])('%s s are made as %s', async (duration, expected) => {
		expect((await makeClip(omni, {...request, duration})).duration).toBe(expected);
	});

	test('a watermarked copy exists only if requested', async () => {
		const body = {...request, watermark_info: {enabled: true}};
		expect(await makeClip(omni, body)).toHaveProperty('watermark_url');
		expect(await makeClip(omni, request)).not.toHaveProperty('watermark_url');
	});

	test('a model without a known price has no unit deduction', async () => {
		const id = await kling.create(text2video, old);
		kling.pass(300);
		expect(await kling.get(text2video, id)).not.toHaveProperty('final_unit_deduction');
	});
});

describe('lookup', () => {
	const notFound = async (path: string) => (await kling.call('GET', path)).body.message;

	test('by external id, percent-encoded', async () => {
		const externalId = 'a/b ü?%2F';
		const id = await kling.create(omni, {...request, external_task_id: externalId});
		expect((await kling.get(omni, externalId)).task_id).toBe(id);
		expect((await kling.get(omni, externalId)).task_info).toEqual({external_task_id: externalId});
	});

	test('under the path of another type it is not found', async () => {
		const id = await kling.create(omni, {...request, external_task_id: 'mine'});
		expect(await notFound(`${text2video}/${id}`)).toBe(`Task not found by id/external id: ${id}`);
		expect(await notFound(`${text2video}/mine`)).toBe('Task not found by id/external id: mine');
	});

	test('dots and broken escapes are treated like other ids', async () => {
		expect(await notFound(`${omni}/%2e%2e%2Ftext2video`)).toBe(
			'Task not found by id/external id: ../text2video',
		);
		expect(await notFound(`${omni}/%zz`)).toBe('Task not found by id/external id: %zz');
	});
});

describe('routes', () => {
	test.each([
		['GET', '/'],
		['GET', '/v1/videos/900000000000000101'],
		['GET', `${omni}/a/b`],
		['POST', '/v1/videos/OMNI-VIDEO'],
	])('%s %s: there is no such path, and the response has no code', async (method, path) => {
		const {status, body} = await kling.call(method, path);
		expect(status).toBe(404);
		expect(body).toEqual({
			timestamp: expect.stringMatching(/^2026-.*\+00:00$/),
			status: 404,
			error: 'Not Found',
			message: 'No message available',
			path,
		});
	});

	test.each([
		['PUT', omni],
		['DELETE', `${omni}/900000000000000101`],
		['POST', `${omni}/900000000000000101`],
		['POST', '/account/costs'],
	])('%s %s is the wrong method', async (method, path) => {
		expect(await kling.call(method, path)).toMatchObject({status: 404, body: {code: 1202}});
	});

	test('a trailing slash is accepted', async () => {
		expect((await kling.call('GET', `${omni}/`)).status).toBe(200);
		expect((await kling.call('POST', `${omni}/`, {body: request})).status).toBe(200);
	});

	test.each(['', 'x', '[]', '"x"', 'null', '{"prompt": '])('body %j is refused', async (body) => {
		const answer = await kling.call('POST', omni, {body});
		expect(answer).toMatchObject({status: 400, body: {code: 1200, message: 'Invalid request parameters'}});
	});

	test('a body over 64 MB is refused by its length, unread', async () => {
		const {status, closed} = await post({'content-length': String(65 * 1024 * 1024)}, 0);
		expect({status, closed}).toEqual({status: 413, closed: true});
	});

	test('a body over 64 MB of unknown length is refused', async () => {
		expect((await post({}, 65)).status).toBe(413);
	});

	/** POSTs so many MB in chunks; by node:http, as fetch gives up when the answer comes before the end. */
	function post(headers: Record<string, string>, megabytes: number) {
		return new Promise<{status: number | undefined; closed: boolean}>((resolve, reject) => {
			const authorization = `Bearer ${kling.token()}`;
			const request = http.request(kling.sandbox.baseUrl + omni, {
				method: 'POST',
				headers: {...headers, authorization},
			});
			request.on('error', reject);
			request.on('response', (response) => {
				response.resume();
				resolve({status: response.statusCode, closed: response.headers.connection === 'close'});
				request.off('error', reject).on('error', () => {});
			});
			request.flushHeaders();
			const chunk = Buffer.alloc(1024 * 1024, 'x');
			for (let sent = 0; sent < megabytes; sent++) request.write(chunk);
			if (megabytes > 0) request.end();
		});
	}
});

describe('list', () => {
	const page = (query: string) => kling.list(`${omni}?${query}`);

	test('newest first, also within one millisecond; pages join without a gap', async () => {
		const seeds = (await page('')).length;
		const ids = [];
		for (let made = 0; made < 5; made++) ids.unshift(await kling.create(omni, request));
		const all = await page('pageSize=500');
		expect(all.slice(0, 5).map((task) => task.task_id)).toEqual(ids);
		expect(all).toHaveLength(5 + seeds);
		const pages = [...(await page('pageNum=1&pageSize=2')), ...(await page('pageNum=2&pageSize=2'))];
		expect(pages).toEqual(all.slice(0, 4));
		expect(await page('pageNum=1000&pageSize=500')).toEqual([]);
	});

	test('has 30 tasks unless requested otherwise', async () => {
		for (let made = 0; made < 30; made++) {
			await kling.create(omni, request);
			kling.pass(100);
		}
		expect(await page('')).toHaveLength(30);
		expect((await page('pageNum=2')).length).toBeGreaterThan(0);
	});

	test('contains only the tasks of its own path', async () => {
		const id = await kling.create(omni, request);
		expect((await kling.list(text2video)).map((task) => task.task_id)).not.toContain(id);
	});

	test.each([
		['pageNum', '0'],
		['pageNum', '1001'],
		['pageNum', '-1'],
		['pageNum', '1.5'],
		['pageNum', 'x'],
		['pageSize', '0'],
		['pageSize', '501'],
		['pageSize', '1e2'],
	])('%s=%s is refused', async (name, value) => {
		const {status, body} = await kling.call('GET', `${omni}?${name}=${value}`);
		expect(status).toBe(400);
		expect(body).toMatchObject({code: 1201, message: `${name} value '${value}' is invalid`});
	});
});

describe('external ids', () => {
	test('can be used once for all types; a refused request uses none', async () => {
		const body = {...request, external_task_id: 'once'};
		expect(await refusal(omni, {...body, mode: 'best'})).toBe("400/1201 mode value 'best' is invalid");
		await kling.create(omni, body);
		expect(await refusal(omni, body)).toBe('400/1201 External_task_id once already exists');
		expect(await refusal(text2video, {...old, external_task_id: 'once'})).toBe(
			'400/1201 External_task_id once already exists',
		);
	});

	test('an empty one counts as none', async () => {
		for (const externalId of ['', '', null]) {
			const id = await kling.create(omni, {...request, external_task_id: externalId});
			expect((await kling.get(omni, id)).task_info).toEqual({});
		}
	});
});

describe('slots', () => {
	test('five tasks run at once; one that ends, in success or failure, frees its slot', async () => {
		await kling.create(omni, {...request, prompt: '[fail]'});
		for (let made = 0; made < 4; made++) await kling.create(omni, request);
		expect(await refusal(text2video, old)).toBe('429/1303 parallel task over resource pack limit');
		expect(await refusal(omni, {...request, duration: '99'})).toBe("400/1201 duration value '99' is invalid");
		kling.pass(30);
		await kling.create(text2video, old);
		expect(await refusal(text2video, old)).toMatch(/^429/);
		kling.pass(60);
		for (let made = 0; made < 4; made++) await kling.create(omni, request);
	});

	test('their number can be chosen', async () => {
		const one = await startKling({slots: 1});
		await one.create(omni, request);
		expect((await one.call('POST', omni, {body: request})).status).toBe(429);
		await one.sandbox.close();
	});
});

describe('rehearsed failures', () => {
	test.each([
		['A quarrel. [fail]', 'Failure to pass the risk control system'],
		['[fail: generation time out] A quarrel.', 'generation time out'],
		['[fail:]', 'Failure to pass the risk control system'],
	])('%s ends with: %s', async (prompt, message) => {
		const id = await kling.create(omni, {...request, prompt});
		expect((await kling.get(omni, id)).task_status).toBe('submitted');
		kling.pass(30);
		const task = await kling.get(omni, id);
		expect(task).toMatchObject({task_status: 'failed', task_status_msg: message, task_result: {}});
		expect(task.final_unit_deduction).toBe('0');
	});

	test('[reject] is refused at once and makes no task', async () => {
		const before = await kling.list(omni);
		expect(await refusal(omni, {...request, prompt: 'A quarrel [reject]'})).toBe(
			'400/1301 Trigger the content security policy of the platform',
		);
		expect(await kling.list(omni)).toEqual(before);
	});

	test('any prompt can ask for it', async () => {
		const rejected = '400/1301 Trigger the content security policy of the platform';
		const shots = [{index: 1, prompt: '[reject]', duration: '5'}];
		const customized = {...request, multi_shot: true, shot_type: 'customize', multi_prompt: shots};
		expect(await refusal(omni, customized)).toBe(rejected);
		expect(await refusal(text2video, {...old, negative_prompt: '[reject]'})).toBe(rejected);
		const url = {video_url: 'https://videos.example.invalid/a.mp4'};
		expect(await refusal(addSound, {...url, sound_effect_prompt: '[reject]'})).toBe(rejected);
		expect(await refusal(addSound, {...url, bgm_prompt: '[reject]'})).toBe(rejected);
	});
});

describe('extend', () => {
	test('adds 4.5 s per call, repeatedly, until 180 s would be reached', async () => {
		let video = await makeClip(text2video, old);
		const first = video;
		let calls = 0;
		while (Number(video.duration) + 4.5 < 180) {
			const id = await kling.create(extend, {video_id: video.id});
			kling.pass(180);
			const task = await kling.get(extend, id);
			expect(task.task_info.parent_video).toEqual({id: video.id, url: video.url, duration: video.duration});
			video = clipOf(task);
			calls += 1;
		}
		expect(first.duration).toBe('5.1');
		expect(calls).toBe(38);
		expect(video.duration).toBe('176.1');
		expect(await refusal(extend, {video_id: video.id})).toBe(
			'400/1201 This video not supported extend-video',
		);
	});

	test('takes a clip of image2video by V1.5', async () => {
		const image = 'https://images.example.invalid/a.png';
		const video = await makeClip(image2video, {model_name: 'kling-v1-5', image, prompt: 'x'});
		await kling.create(extend, {video_id: video.id, prompt: 'On.'});
	});

	test.each([
		['omni', omni, request],
		['v2-6', text2video, {model_name: 'kling-v2-6', prompt: 'x'}],
		['v2-5-turbo', text2video, {model_name: 'kling-v2-5-turbo', prompt: 'x'}],
	])('refuses a clip of %s', async (_, path, body) => {
		const video = await makeClip(path, body);
		expect(await refusal(extend, {video_id: video.id})).toBe(
			'400/1201 This video not supported extend-video',
		);
	});

	test('accepts no task id, unknown id, unfinished clip, or clip older than 30 days', async () => {
		const id = await kling.create(text2video, old);
		const ofTask = `400/1201 From video not found by id: ${id}`;
		expect(await refusal(extend, {video_id: id})).toBe(ofTask);
		kling.pass(300);
		const {id: videoId} = clipOf(await kling.get(text2video, id));
		const unknown = '900000000199999999';
		expect(await refusal(extend, {video_id: id})).toBe(ofTask);
		expect(await refusal(extend, {video_id: unknown})).toBe(
			`400/1201 From video not found by id: ${unknown}`,
		);
		kling.pass(30 * 24 * 3600 - 300);
		expect((await kling.call('POST', extend, {body: {video_id: videoId}})).status).toBe(200);
		kling.pass(300);
		expect(await refusal(extend, {video_id: videoId})).toBe(
			`400/1201 From video not found by id: ${videoId}`,
		);
	});
});

describe('add-sound', () => {
	test('takes a clip of any model and type, including its own results', async () => {
		const video = await makeClip(text2video, {model_name: 'kling-v2-6', prompt: 'x'});
		const loud = await makeClip(addSound, {video_id: video.id});
		const again = await makeClip(addSound, {video_id: loud.id, asmr_mode: true});
		expect([video.duration, loud.duration, again.duration]).toEqual(['5.041', '5.041', '5.041']);
	});

	test('refuses a clip of more than 20 s', async () => {
		let video = await makeClip(text2video, {...old, duration: '10'});
		for (let calls = 0; calls < 3; calls++) {
			await kling.create(addSound, {video_id: video.id});
			video = await makeClip(extend, {video_id: video.id});
		}
		expect(video.duration).toBe('23.6');
		expect(await refusal(addSound, {video_id: video.id})).toMatch(/^400\/1201 The duration of the video/);
	});

	test('needs exactly one source; an empty one counts as none', async () => {
		const video_url = 'https://videos.example.invalid/a.mp4';
		const message = '400/1201 video_id and video_url cannot be empty or set at the same time';
		expect(await refusal(addSound, {})).toBe(message);
		expect(await refusal(addSound, {video_id: '', video_url: ''})).toBe(message);
		expect(await refusal(addSound, {video_id: '900000000123456101', video_url})).toBe(message);
		await kling.create(addSound, {video_id: '', video_url});
		await kling.create(addSound, {video_id: '900000000123456101', video_url: ''});
	});
});
