import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Kling, startKling} from './kling.js';

const path = '/v1/images/generations';
const good = {model_name: 'kling-v3', prompt: 'A fox.'};

let kling: Kling;
beforeAll(async () => {
	kling = await startKling({slots: 100});
});
afterAll(() => kling.sandbox.close());

interface Pictures {
	task_result: {images?: {index: number; url: string; watermark_url?: string}[]};
}

test('pictures are made, as real PNG and JPEG files behind links', async () => {
	const id = await kling.create(path, {...good, n: 2, watermark_info: {enabled: true}});
	expect((await kling.get(path, id)).task_status).toBe('submitted');
	kling.pass(60);
	const task = (await kling.get(path, id)) as unknown as Pictures;
	const images = task.task_result.images ?? [];
	expect(task.task_result).not.toHaveProperty('videos');
	expect(images.map(({index}) => index)).toEqual([0, 1]);
	const files = await Promise.all(
		images.flatMap(({url, watermark_url}) => [url, watermark_url ?? '']).map((url) => fetch(url)),
	);
	expect(files.map(({headers}) => headers.get('content-type'))).toEqual([
		...['image/png', 'image/png', 'image/jpeg', 'image/jpeg'],
	]);
	const heads = await Promise.all(
		files.map(async (file) => Buffer.from(await file.arrayBuffer()).toString('latin1', 0, 4)),
	);
	expect(heads.map((head) => head.slice(0, 3))).toEqual(['\x89PN', '\x89PN', '\xFF\xD8\xFF', '\xFF\xD8\xFF']);
	expect((await kling.list(path)).map(({task_id}) => task_id)).toEqual([id]);
});

test.each<[string, object, string]>([
	['no prompt', {prompt: ''}, 'prompt can not be empty'],
	['an unknown model', {model_name: 'kling-v9'}, "model_name value 'kling-v9' is invalid"],
	['too many', {n: 10}, "n value '10' is invalid"],
	['a number as text', {n: '2'}, "n value '2' is invalid"],
	['an unknown ratio', {aspect_ratio: '5:4'}, "aspect_ratio value '5:4' is invalid"],
	['an unknown size', {resolution: '4k'}, "resolution value '4k' is invalid"],
	['too long a prompt', {prompt: 'x'.repeat(2501)}, 'prompt length can not be greater than 2500'],
	[
		'a negative prompt beside a picture',
		{negative_prompt: 'y', image: 'https://images.example.invalid/a.png'},
		'negative_prompt is not supported with image',
	],
	['a reference without a picture', {image_reference: 'subject'}, 'image can not be empty'],
	['a model of another family', {model_name: 'kling-v3-omni'}, 'model is not supported'],
	['a path instead of a picture', {image: './a.png'}, 'File is not in a valid base64 format'],
])('%s is refused', async (_, fields, message) => {
	const answer = await kling.call('POST', path, {body: {...good, ...fields}});
	expect(answer).toMatchObject({status: 400, body: {code: 1201, message}});
});
