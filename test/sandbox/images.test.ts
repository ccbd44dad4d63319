import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Kling, pngHead, startKling} from './kling.js';

const path = '/v1/videos/image2video';
const base = {model_name: 'kling-v2-6', mode: 'pro', prompt: 'x'};
const format = 'The format of the input image is invalid';
const ratio =
	'The resolution or aspect ratio of the input image is invalid. Please ensure it meets the required specifications.';

let kling: Kling;
beforeAll(async () => {
	kling = await startKling({slots: 100});
});
afterAll(() => kling.sandbox.close());

const oversized = () => Buffer.alloc(10 * 1024 * 1024 + 1).toString('base64');
const gif = Buffer.from('GIF89a\x00\x04\x00\x04\x00\x00\x00', 'latin1').toString('base64');

test.each<[string, () => string, string]>([
	[
		'a data: prefix',
		() => `data:image/png;base64,${pngHead(300, 300)}`,
		'File is not in a valid base64 format',
	],
	['a path', () => './picture.png', 'File is not in a valid base64 format'],
	['Base64 cut short', () => pngHead(300, 300).slice(0, -1), 'File is not in a valid base64 format'],
	['a text in Base64', () => Buffer.from('hello!').toString('base64'), format],
	['a GIF', () => gif, format],
	['more than 10 MB', oversized, 'The size of the input image can not exceed 10 MB'],
])('%s is refused', async (_, image, message) => {
	for (const field of ['image', 'image_tail']) {
		const body = {...base, image: 'https://images.example.invalid/a.png', [field]: image()};
		const answer = await kling.call('POST', path, {body});
		expect(answer).toMatchObject({status: 400, body: {code: 1201, message}});
	}
});

test.each<[number, number, string, string]>([
	[300, 300, 'succeed', ''],
	[750, 300, 'succeed', ''],
	[300, 750, 'succeed', ''],
	[299, 300, 'failed', 'Image pixel is invalid'],
	[751, 300, 'failed', ratio],
	[300, 751, 'failed', ratio],
	[2000, 200, 'failed', 'Image pixel is invalid'],
])('%i x %i is accepted and ends %s', async (width, height, status, message) => {
	const id = await kling.create(path, {...base, image: pngHead(width, height)});
	expect((await kling.get(path, id)).task_status).toBe('submitted');
	kling.pass(300);
	expect(await kling.get(path, id)).toMatchObject({task_status: status, task_status_msg: message});
});

test('the images of omni-video are checked as well', async () => {
	const body = {
		model_name: 'kling-v3-omni',
		prompt: 'x',
		aspect_ratio: '1:1',
		image_list: [{image_url: 'a.png'}],
	};
	const answer = await kling.call('POST', '/v1/videos/omni-video', {body});
	expect(answer.body.message).toBe('File is not in a valid base64 format');
});
