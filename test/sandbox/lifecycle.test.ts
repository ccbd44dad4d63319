import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {clipOf, type Kling, pngHead, startKling} from './kling.js';

/** What tasks.test.ts leaves out. */

const omni = '/v1/videos/omni-video';
const text2video = '/v1/videos/text2video';
const image2video = '/v1/videos/image2video';
const extend = '/v1/videos/video-extend';
const addSound = '/v1/audio/video-to-audio';

const day = 86_400;
const extendable = '900000000123456205';
const requests: [path: string, body: object, promptField: string][] = [
	[omni, {model_name: 'kling-v3-omni', prompt: 'A fox.', mode: 'std', aspect_ratio: '1:1'}, 'prompt'],
	[text2video, {model_name: 'kling-v3', prompt: 'A fox.'}, 'prompt'],
	[image2video, {model_name: 'kling-v3', image: 'https://images.example.invalid/a.png'}, 'prompt'],
	[extend, {video_id: extendable}, 'prompt'],
	[addSound, {video_url: 'https://videos.example.invalid/a.mp4'}, 'bgm_prompt'],
];
const [[, omniBody]] = requests as [(typeof requests)[0]];

let kling: Kling;
beforeEach(async () => {
	kling = await startKling();
});
afterEach(() => kling.sandbox.close());

async function refusal(path: string, body: object) {
	const {status, body: reply} = await kling.call('POST', path, {body});
	return `${status}/${reply.code} ${reply.message}`;
}

async function status(path: string, id: string) {
	return (await kling.get(path, id)).task_status;
}

describe.each(requests)('%s', (path, body, promptField) => {
	test('goes from submitted to processing to succeed', async () => {
		const id = await kling.create(path, body);
		const seen = [];
		for (let second = 0; second <= 230; second++) {
			seen.push(await status(path, id));
			kling.pass(1);
		}
		expect([...new Set(seen)]).toEqual(['submitted', 'processing', 'succeed']);
		expect(seen.lastIndexOf('processing')).toBeLessThan(seen.indexOf('succeed'));
	});

	test('fails with [fail], and with the text of [fail: TEXT]', async () => {
		const plain = await kling.create(path, {...body, [promptField]: 'a quarrel [fail]'});
		const worded = await kling.create(path, {...body, [promptField]: '[fail: service busy ] a quarrel'});
		kling.pass(100);
		const message = 'Failure to pass the risk control system';
		expect(await kling.get(path, plain)).toMatchObject({task_status: 'failed', task_status_msg: message});
		expect(await kling.get(path, worded)).toMatchObject({
			task_status: 'failed',
			task_status_msg: 'service busy',
			task_result: {},
		});
	});

	test('refuses [reject]', async () => {
		const text = '400/1301 Trigger the content security policy of the platform';
		expect(await refusal(path, {...body, [promptField]: 'a quarrel [reject]'})).toBe(text);
	});

	test('is found by its external id, and that id makes no second task', async () => {
		const named = {...body, external_task_id: 'mine-1'};
		const id = await kling.create(path, named);
		expect((await kling.get(path, 'mine-1')).task_id).toBe(id);
		expect(await refusal(path, named)).toBe('400/1201 External_task_id mine-1 already exists');
		expect((await kling.list(path)).filter(({task_info}) => task_info.external_task_id)).toHaveLength(1);
	});

	test('is not found under the other paths', async () => {
		const id = await kling.create(path, {...body, external_task_id: 'mine-1'});
		for (const [other] of requests.filter(([name]) => name !== path)) {
			for (const name of [id, 'mine-1']) {
				const answer = await kling.call('GET', `${other}/${name}`);
				const message = `Task not found by id/external id: ${name}`;
				expect(answer).toMatchObject({status: 400, body: {code: 1201, message}});
			}
		}
	});

	test('returns 1200 for a body that is not JSON, and 1202 for another method', async () => {
		expect(await kling.call('POST', path, {body: '{"prompt": "x"'})).toMatchObject({
			status: 400,
			body: {code: 1200, message: 'Invalid request parameters'},
		});
		for (const method of ['PUT', 'PATCH', 'DELETE']) {
			expect(await kling.call(method, path)).toMatchObject({
				status: 404,
				body: {code: 1202, message: 'The requested method is invalid'},
			});
		}
	});
});

describe('lookup', () => {
	test('an external id may look like the task id of another type', async () => {
		const id = await kling.create(omni, omniBody);
		const other = await kling.create(text2video, {
			model_name: 'kling-v3',
			prompt: 'A fox.',
			external_task_id: id,
		});
		expect((await kling.get(omni, id)).task_id).toBe(id);
		expect((await kling.get(text2video, id)).task_id).toBe(other);
	});

	test('a query is read completely', async () => {
		const answer = await kling.call('GET', `${omni}?pageNum=1?x`);
		expect(answer.body.message).toBe("pageNum value '1?x' is invalid");
	});

	test('an empty page parameter counts as none', async () => {
		expect(await kling.list(`${omni}?pageNum=&pageSize=`)).toHaveLength(4);
	});
});

describe('slots', () => {
	test('are shared by all types, and a refused request takes none', async () => {
		for (const [path, body] of requests) await kling.create(path, body);
		for (const [path, body] of requests) {
			expect(await refusal(path, body)).toBe('429/1303 parallel task over resource pack limit');
		}
		// The sound is made first, in 23 s.
		kling.pass(22);
		expect(await refusal(omni, omniBody)).toMatch(/^429/);
		kling.pass(1);
		await kling.create(omni, omniBody);
		expect(await refusal(omni, omniBody)).toMatch(/^429/);
	});

	test('a request without one leaves its external id free', async () => {
		const one = await startKling({slots: 1});
		await one.create(omni, omniBody);
		const named = {...omniBody, external_task_id: 'mine-1'};
		expect((await one.call('POST', omni, {body: named})).status).toBe(429);
		expect((await one.call('GET', `${omni}/mine-1`)).body.code).toBe(1201);
		one.pass(83);
		await one.create(omni, named);
		await one.sandbox.close();
	});
});

describe('sources', () => {
	test.each([
		['extend', extend],
		['add-sound', addSound],
	])('%s accepts no task id, no unknown id, and no unfinished clip', async (_, path) => {
		const running = '900000000123456204';
		for (const id of ['900000000000000205', '900000000199999999', running, '900000000123456203']) {
			expect(await refusal(path, {video_id: id})).toBe(`400/1201 From video not found by id: ${id}`);
		}
	});

	test('a clip is purged 30 sandbox-days after its task', async () => {
		const fast = await startKling({speed: 100});
		// Five days old at the start, and made in 126 s.
		fast.pass((25 * day) / 100);
		await fast.create(addSound, {video_id: extendable});
		await fast.create(extend, {video_id: extendable});
		fast.pass(126 / 100 + 0.01);
		for (const path of [addSound, extend]) {
			const {body} = await fast.call('POST', path, {body: {video_id: extendable}});
			expect(body.message).toBe(`From video not found by id: ${extendable}`);
		}
		// The record stays.
		expect((await fast.get(text2video, '900000000000000205')).task_status).toBe('succeed');
		await fast.sandbox.close();
	});

	test('add-sound takes the shortest clip, and one of just under 20 s', async () => {
		const id = await kling.create(omni, {...omniBody, duration: '3'});
		kling.pass(83);
		const short = clipOf(await kling.get(omni, id));
		expect(short.duration).toBe('3.041');
		await kling.create(addSound, {video_id: short.id});
		let video = {id: extendable, duration: '5.1'};
		for (let calls = 0; calls < 3; calls++) {
			const longer = await kling.create(extend, {video_id: video.id});
			kling.pass(180);
			video = clipOf(await kling.get(extend, longer));
		}
		expect(video.duration).toBe('18.6');
		await kling.create(addSound, {video_id: video.id});
	});

	test('a clip with added sound cannot be extended', async () => {
		const id = await kling.create(addSound, {video_id: extendable});
		kling.pass(23);
		const video = clipOf(await kling.get(addSound, id));
		expect(await refusal(extend, {video_id: video.id})).toBe(
			'400/1201 This video not supported extend-video',
		);
	});

	test('sound for a URL is that of a 5 s clip, and has no parent', async () => {
		const id = await kling.create(addSound, {video_url: 'https://videos.example.invalid/a.mp4'});
		kling.pass(23);
		const task = await kling.get(addSound, id);
		expect(task.task_info).toEqual({});
		expect(task.task_result.audios).toMatchObject([{duration_mp3: '5.146', duration_wav: '5.08'}]);
	});
});

test('a picture for omni-video that is too small fails the task', async () => {
	const image_list = [{image_url: pngHead(200, 200), type: 'first_frame'}];
	const id = await kling.create(omni, {...omniBody, image_list});
	kling.pass(83);
	expect((await kling.get(omni, id)).task_status_msg).toBe('Image pixel is invalid');
});

test('the file of a task exists when the task is done, not before', async () => {
	const id = await kling.create(omni, omniBody);
	kling.pass(83);
	const {url} = clipOf(await kling.get(omni, id));
	kling.pass(-1);
	expect((await fetch(url)).status).toBe(404);
	kling.pass(1);
	expect((await fetch(url)).status).toBe(200);
});
