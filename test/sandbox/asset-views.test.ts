import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type Kling, startKling} from './kling.js';

const elements = '/v1/general/advanced-custom-elements';
const voices = '/v1/general/custom-voices';

let kling: Kling;
beforeEach(async () => {
	kling = await startKling({slots: 100});
});
afterEach(() => kling.sandbox.close());

const robot = {
	element_name: 'Robot',
	element_description: 'Small brass robot',
	reference_type: 'image_refer',
	element_image_list: {
		frontal_image: 'https://images.example.invalid/front.png',
		refer_images: [{image_url: 'https://images.example.invalid/side.png'}],
	},
};

async function verdict(path: string, body: unknown) {
	const {body: reply} = await kling.call('POST', path, {body});
	return reply.message;
}

/** The id of an element as it stands in the text, where it is a number. */
async function makeElement(body: object = robot): Promise<string> {
	const id = await kling.create(elements, body);
	kling.pass(5);
	const {text} = await kling.call('GET', `${elements}/${id}`);
	return /"element_id":(\d+)/.exec(text)?.[1] ?? '';
}

const using = (id: string | number) => ({
	model_name: 'kling-v3-omni',
	prompt: '<<<element_1>>> waves.',
	aspect_ratio: '1:1',
	element_list: [{element_id: id}],
});

describe('an element', () => {
	test('has a number beyond 2^53 as its id, and can be used by it until it is deleted', async () => {
		const id = await makeElement();
		expect(id).toMatch(/^\d{18}$/);
		const asNumber = JSON.stringify(using('ID')).replace('"ID"', id);
		expect((await kling.call('POST', '/v1/videos/omni-video', {body: asNumber})).body.message).toBe(
			'SUCCEED',
		);
		expect(await verdict('/v1/videos/omni-video', using(id))).toBe('SUCCEED');

		expect(await verdict('/v1/general/delete-elements', {element_id: id})).toBe('SUCCEED');
		expect(await verdict('/v1/general/delete-advanced-elements', {element_id: id})).toBe(
			`Element already be deleted for id: ${id}`,
		);
		expect(await verdict('/v1/videos/omni-video', using(id))).toBe(`Element id not found: ${id}`);
		expect((await kling.call('GET', elements)).text).toContain('"status":"deleted"');
	});

	test('that is a preset can be used, but not deleted', async () => {
		const {text} = await kling.call('GET', '/v1/general/advanced-presets-elements');
		expect(text).toContain('"element_id":160');
		expect(await verdict('/v1/videos/omni-video', using(160))).toBe('SUCCEED');
		expect(await verdict('/v1/general/delete-elements', {element_id: '160'})).toBe(
			'Element id not found: 160',
		);
	});

	test('has pictures that can be fetched', async () => {
		await makeElement();
		const {text} = await kling.call('GET', elements);
		const links = [...text.matchAll(/"(?:frontal_image|image_url)":"([^"]+)"/g)].map(([, url]) => url ?? '');
		expect(links).toHaveLength(2);
		for (const link of links) expect((await fetch(link)).headers.get('content-type')).toBe('image/png');
	});
});

describe('a voice', () => {
	const speaking = (id: string) => ({
		model_name: 'kling-v2-6',
		mode: 'pro',
		sound: 'on',
		image: 'https://images.example.invalid/a.png',
		prompt: '<<<voice_1>>> speaks.',
		voice_list: [{voice_id: id}],
	});

	test('is used by its id, bound to an element, and deleted', async () => {
		const task = await kling.create(voices, {
			voice_name: 'Narrator',
			voice_url: 'https://audio.example.invalid/n.mp3',
		});
		kling.pass(9);
		const made = (await kling.get(voices, task)) as unknown as {
			task_result: {voices: {voice_id: string; trial_url: string}[]};
		};
		const {voice_id: id = '', trial_url: trial = ''} = made.task_result.voices[0] ?? {};
		expect((await fetch(trial)).headers.get('content-type')).toBe('audio/mpeg');
		expect(await verdict('/v1/videos/image2video', speaking(id))).toBe('SUCCEED');
		expect(await verdict(elements, {...robot, element_voice_id: id})).toBe('SUCCEED');
		expect(await verdict('/v1/general/delete-voices', {voice_id: id})).toBe('SUCCEED');
		expect(await verdict('/v1/videos/image2video', speaking(id))).toBe('Voice id not found');
	});

	test('from a silent clip is refused', async () => {
		expect(await verdict(voices, {voice_name: 'x', video_id: '900000000123456101'})).toBe(
			'The video has no sound',
		);
		expect(await verdict(voices, {voice_name: 'x', video_id: '900000000123456201'})).toBe('SUCCEED');
	});
});
