import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {clipOf, type Kling, startKling} from './kling.js';

interface NewerTask {
	id: string;
	status: string;
	message: string;
	external_id: string;
	outputs: {type: string; id?: string; url?: string; duration?: string; watermark_url?: string}[];
	billing: {charge_type: string; package_type: string; amount: string}[];
}

interface Page {
	result: NewerTask[];
	count: number;
	next_cursor: string;
	has_more: boolean;
}

let kling: Kling;
beforeEach(async () => {
	kling = await startKling({slots: 100});
});
afterEach(() => kling.sandbox.close());

const call = (method: string, path: string, body?: unknown) =>
	kling.call(method, path, {token: kling.sandbox.apiKey, ...(body === undefined ? {} : {body})});

async function create(path: string, body: object): Promise<string> {
	const {body: reply} = await call('POST', path, body);
	expect(reply.message).toBe('SUCCEED');
	return (reply.data as NewerTask).id;
}

const lookUp = async (query: string) => (await call('GET', `/tasks?${query}`)).body.data as NewerTask[];
const list = async (body: object) => (await call('POST', '/tasks', body)).body.data as Page;

async function refusal(path: string, body: unknown) {
	const {status, body: reply} = await call('POST', path, body);
	return `${status}/${reply.code} ${reply.message}`;
}

const text = {prompt: 'A paper boat.', settings: {resolution: '1080p', duration: 5, multi_shot: false}};
const threePointZero = '/text-to-video/kling-3.0';

describe('one store for both standards', () => {
	test('a task of the newer standard is found in the older one, by either id', async () => {
		const id = await create(threePointZero, {...text, options: {external_task_id: 'mine'}});
		const path = '/v1/videos/text2video';
		expect((await kling.get(path, id)).task_status).toBe('submitted');
		expect((await kling.get(path, 'mine')).task_id).toBe(id);
		kling.pass(300);
		const [newer] = await lookUp(`task_ids=${id}`);
		const video = clipOf(await kling.get(path, id));
		expect(newer?.outputs).toEqual([{type: 'video', id: video.id, url: video.url, duration: video.duration}]);
		expect(newer).toMatchObject({
			status: 'succeeded',
			external_id: 'mine',
			billing: [{charge_type: 'unit', package_type: 'video', amount: '4'}],
		});
	});

	test('a task of the older standard is found in the newer one, whatever its type', async () => {
		const id = await kling.create('/v1/videos/omni-video', {
			model_name: 'kling-v3-omni',
			prompt: 'x',
			aspect_ratio: '1:1',
			external_task_id: 'theirs',
		});
		const found = await lookUp(`task_ids=${id},900000000000000501`);
		expect(found.map((task) => task.id)).toEqual([id, '900000000000000501']);
		expect((await lookUp('external_task_ids=theirs')).map((task) => task.id)).toEqual([id]);
		const sound = (await lookUp('task_ids=900000000000000501'))[0];
		expect(sound?.outputs.map(({type}) => type)).toEqual(['video', 'audio']);
	});

	test('an external id can be used once in both', async () => {
		await create(threePointZero, {...text, options: {external_task_id: 'once'}});
		const v1 = await kling.call('POST', '/v1/videos/text2video', {
			body: {model_name: 'kling-v3', prompt: 'x', external_task_id: 'once'},
		});
		expect(v1.body.message).toBe('External_task_id once already exists');
		expect(await refusal(threePointZero, {...text, options: {external_task_id: 'once'}})).toBe(
			'400/1201 External_task_id once already exists',
		);
	});

	test('a failed task has its reason, and costs nothing', async () => {
		const id = await create(threePointZero, {...text, prompt: 'A quarrel. [fail]'});
		kling.pass(300);
		expect((await lookUp(`task_ids=${id}`))[0]).toMatchObject({
			status: 'failed',
			message: 'Failure to pass the risk control system',
			outputs: [],
			billing: [{charge_type: 'unit', package_type: 'video', amount: '0'}],
		});
	});
});

describe('keys', () => {
	test.each(['/tasks?task_ids=1', threePointZero])('a key pair is refused for %s', async (path) => {
		const answer = await kling.call(path === threePointZero ? 'POST' : 'GET', path, {
			...(path === threePointZero ? {body: text} : {}),
		});
		expect(answer).toMatchObject({status: 401, body: {code: 1002}});
		expect(answer.body.message).toMatch(/does not support AK\/SK/);
	});
});

describe('what each model accepts', () => {
	const frame = {type: 'first_frame', url: 'https://images.example.invalid/a.png'};
	const last = {type: 'last_frame', url: 'https://images.example.invalid/b.png'};
	const words = {type: 'prompt', text: 'x'};
	const clip = (type: string) => ({type, url: 'https://videos.example.invalid/a.mp4', id: 'clip'});

	test.each<[string, string, object]>([
		[
			'3.0 Turbo, always with sound',
			'/text-to-video/kling-3.0-turbo',
			{prompt: 'x', settings: {duration: 3}},
		],
		['an unknown key', '/text-to-video/kling-2.6', {prompt: 'x', seed: 1, settings: {colour: 'red'}}],
		['a first and a last frame', '/image-to-video/kling-3.0', {contents: [words, frame, last]}],
		['no ratio', '/omni-video/kling-3.0-omni', {contents: [words], settings: {duration: 4}}],
		['480p, which fails later', '/text-to-video/kling-3.0', {prompt: 'x', settings: {resolution: '480p'}}],
		['99 s, which fail later', '/text-to-video/kling-3.0', {prompt: 'x', settings: {duration: 99}}],
	])('%s is accepted', async (_, path, body) => {
		expect(await create(path, body)).toMatch(/^\d{18}$/);
	});

	test.each<[string, string, object, string]>([
		['no contents', '/image-to-video/kling-3.0', {prompt: 'x'}, 'contents cannot be empty'],
		[
			'a last frame with Turbo',
			'/image-to-video/kling-3.0-turbo',
			{contents: [words, frame, last]},
			"contents[2].type value 'last_frame' is invalid",
		],
		[
			'a last frame alone',
			'/omni-video/kling-3.0-omni',
			{contents: [words, last]},
			'last_frame is not supported without first_frame',
		],
		[
			'4k with 2.6',
			'/text-to-video/kling-2.6',
			{prompt: 'x', settings: {resolution: '4k'}},
			"settings.resolution value '4k' is invalid",
		],
		[
			'sound in 720p with 2.6',
			'/text-to-video/kling-2.6',
			{prompt: 'x', settings: {audio: 'native'}},
			'settings.audio native is only supported in 1080p',
		],
		[
			'original sound of nothing',
			'/omni-video/kling-3.0-omni',
			{contents: [words], settings: {audio: 'original'}},
			"settings.audio value 'original' is invalid",
		],
		[
			'sound beside a clip',
			'/omni-video/kling-3.0-omni',
			{contents: [words, clip('feature_video')], settings: {audio: 'native'}},
			'settings.audio must be off with feature_video',
		],
		[
			'a number as a text',
			'/text-to-video/kling-3.0',
			{prompt: 'x', settings: {duration: '5'}},
			"settings.duration value '5' is invalid",
		],
		[
			'shots that do not add up',
			'/text-to-video/kling-3.0',
			{prompt: 'shot 1, 2, a; shot 2, 2, b;', settings: {multi_shot: true, duration: 5}},
			'the sum of shot duration (4) is not equal to duration (5)',
		],
		[
			'a name twice',
			'/omni-video/kling-3.0-omni',
			{
				contents: [
					words,
					{type: 'refer_image', url: 'https://a.invalid/a.png', id: 'a'},
					{type: 'refer_image', url: 'https://a.invalid/b.png', id: 'a'},
				],
			},
			"contents id 'a' is duplicated",
		],
		[
			'motion without an orientation',
			'/motion-control/kling-3.0',
			{contents: [{type: 'image', url: frame.url}, clip('video')]},
			'settings.character_orientation cannot be empty',
		],
	])('%s is refused', async (_, path, body, message) => {
		expect(await refusal(path, body)).toBe(`400/1201 ${message}`);
	});

	test('an unknown model', async () => {
		expect(await refusal('/text-to-video/kling-9', text)).toMatch(/^404\/1203 /);
	});
});

describe('POST /tasks', () => {
	test('pages by cursor, newest first, without a gap', async () => {
		const ids: string[] = [];
		for (let made = 0; made < 5; made++) {
			ids.unshift(await create(threePointZero, text));
			kling.pass(1);
		}
		const first = await list({limit: 2});
		expect(first).toMatchObject({count: 2, has_more: true, next_cursor: ids[1]});
		const second = await list({limit: 2, cursor: first.next_cursor, start_time: 0, end_time: 1});
		expect([...first.result, ...second.result].map(({id}) => id)).toEqual(ids.slice(0, 4));
		const all = await list({limit: 500});
		expect(all).toMatchObject({has_more: false, next_cursor: ''});
		expect(all.result.slice(0, 5).map(({id}) => id)).toEqual(ids);
	});

	test('filters by state, product and time, given as a number or a text', async () => {
		const running = await create(threePointZero, text);
		expect(
			(await list({filters: [{key: 'status', values: ['submitted']}]})).result.map(({id}) => id),
		).toEqual([running]);
		const failed = await list({filters: [{key: 'status', values: ['failed']}]});
		expect(new Set(failed.result.map(({status}) => status))).toEqual(new Set(['failed']));
		expect((await list({filters: [{key: 'product_type', values: ['image']}]})).result).toEqual([]);
		const now = String(kling.now());
		expect((await list({start_time: now, end_time: now})).result.map(({id}) => id)).toEqual([running]);
	});

	test.each<[object, string]>([
		[{limit: 501}, "limit value '501' is invalid"],
		[{cursor: 'x'}, "cursor value 'x' is invalid"],
		[{filters: [{key: 'model', values: ['x']}]}, "filters.key value 'model' is invalid"],
		[{filters: [{key: 'status', values: ['succeed']}]}, "filters.values value 'succeed' is invalid"],
		[{start_time: 'yesterday'}, "start_time value 'yesterday' is invalid"],
	])('%j is refused', async (body, message) => {
		expect(await refusal('/tasks', body)).toBe(`400/1201 ${message}`);
	});
});

test('GET /tasks takes 20 ids, and leaves out those that are unknown', async () => {
	expect(await lookUp('task_ids=1,900000000000000101')).toHaveLength(1);
	const many = Array.from({length: 21}, (_, index) => index).join(',');
	const answer = await call('GET', `/tasks?task_ids=${many}`);
	expect(answer).toMatchObject({status: 400, body: {code: 1201}});
});
