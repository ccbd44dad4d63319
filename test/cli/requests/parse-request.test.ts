import {Ajv} from 'ajv';
import {expect, test} from 'vitest';
import {requestTypes} from '../../../src/cli/requests/index.js';
import {inputSchema} from '../../../src/cli/requests/input-schema.js';
import {parseRequest} from '../../../src/cli/requests/parse-request.js';

const refusal = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

test('a row of a table gives the same request as the command', async () => {
	expect(
		await parseRequest('text2video', {
			prompt: '- a fox, dash first',
			duration: '10',
			mode: 'pro',
			sound: 'yes',
			negative: '',
			cfg_scale: '0.3',
		}),
	).toMatchObject({
		model: 'kling-v3',
		prompt: '- a fox, dash first',
		duration: 10,
		mode: 'pro',
		sound: true,
		negative: undefined,
		cfgScale: 0.3,
	});
});

test('the arguments of a tool are accepted in JSON form', async () => {
	expect(
		await parseRequest('create', {
			shot: ['a fox wakes up@3', 'it runs off@4'],
			keep_sound: false,
			base_video: 'https://example.com/a.mp4',
			element: ['829836868232302622'],
		}),
	).toMatchObject({
		shots: [
			{prompt: 'a fox wakes up', seconds: 3},
			{prompt: 'it runs off', seconds: 4},
		],
		keepSound: false,
		baseVideo: 'https://example.com/a.mp4',
		elements: [829836868232302622n],
	});
});

test.each([
	['WAHR', true],
	['Vrai', true],
	['VERDADERO', true],
	['s\u00ed', true],
	['SI\u0301', true],
	['ИСТИНА', true],
	['FALSCH', undefined],
	['faux', undefined],
	['FA\u0141SZ', undefined],
	['nein', undefined],
])('a spreadsheet may write yes and no as %s', async (sound, expected) => {
	const {sound: given} = await parseRequest('text2video', {prompt: 'x', sound});
	expect(given || undefined).toBe(expected);
});

test('one cell contains several values separated by a bar', async () => {
	expect(await parseRequest('create', {shot: 'a fox wakes up@3 | it runs off@4'})).toMatchObject({
		shots: [{seconds: 3}, {seconds: 4}],
	});
});

test.each([
	['text2video', {prompt: 'x', duration: 'soon'}, 'invalid_duration'],
	['text2video', {prompt: 'x', mode: 'fast'}, 'invalid_mode'],
	['text2video', {prompt: 'x', sound: 'perhaps'}, 'invalid_flag'],
	['text2video', {prompt: 'x', sound: 'constructor'}, 'invalid_flag'],
	['text2video', {prompt: 'x', duraton: '5'}, 'invalid_flag'],
	['text2video', {prompt: '-'}, 'invalid_prompt'],
	['extend', {}, 'missing_video_id'],
	['add-sound', {}, 'missing_video_id'],
	['add-sound', {video_id: '1', url: 'https://example.com/a.mp4'}, 'conflicting_input'],
	['image2video', {image: 'no-such.png'}, 'read_error'],
] as const)('%s with %o is refused as %s, as by the command', async (type, values, code) => {
	expect(await refusal(parseRequest(type, values))).toMatchObject({code});
});

test('an unknown name is refused, suggesting the intended one', async () => {
	expect(await refusal(parseRequest('create', {prompt: 'x', firstframe: 'a.png'}))).toMatchObject({
		details: {hint: 'Did you mean first-frame?'},
	});
});

test.each(requestTypes)('the inputs of %s have a valid JSON Schema', (type) => {
	const schema = inputSchema(type);
	expect(new Ajv({strict: true}).compile(schema)).toBeTypeOf('function');
	expect(Object.values(schema.properties).every((property) => 'description' in property)).toBe(true);
});

test('the schema says what each input may be', () => {
	expect(inputSchema('text2video').properties).toMatchObject({
		prompt: {type: 'string'},
		duration: {type: 'integer', minimum: 1, maximum: 60},
		mode: {type: 'string', enum: expect.arrayContaining(['std', 'pro', '4k'])},
		cfg_scale: {type: 'number', minimum: 0, maximum: 1},
		shot: {type: 'array', items: {type: 'string'}},
		sound: {type: 'boolean'},
		model: {type: 'string', default: 'kling-v3'},
	});
	expect(inputSchema('extend')).toMatchObject({required: ['video_id'], additionalProperties: false});
});
