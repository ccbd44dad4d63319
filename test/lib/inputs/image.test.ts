import {execFileSync} from 'node:child_process';
import {mkdtemp, rm, truncate, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {KlingError} from '../../../src/lib/errors/kling-error.js';
import {imageField, imageFields, readPicture} from '../../../src/lib/inputs/image.js';
import {readPictures} from '../../../src/lib/inputs/motion-brush.js';
import {findImageFault} from '../../../src/sandbox/images.js';
import {cameraJpeg, jpeg, png} from '../../support/pictures.js';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'kling-source-'));
});
afterAll(() => rm(folder, {recursive: true}));

async function file(name: string, bytes: Uint8Array | string): Promise<string> {
	const where = path.join(folder, name);
	await writeFile(where, bytes);
	return where;
}

const refusal = (work: Promise<unknown>): Promise<KlingError> =>
	work.then(
		() => expect.fail('it was taken'),
		(error: KlingError) => error,
	);

describe('a picture', () => {
	test.each(['https://example.com/a.png?x=1#y', 'http://example.com/a', 'HTTPS://EXAMPLE.com/ä.png'])(
		'a URL is passed on unchanged: %s',
		async (url) => expect(await imageField(url, '--image')).toBe(url),
	);

	test.each([
		['a.png', png(300, 300)],
		['wide.png', png(1000, 400)],
		['tall.jpg', jpeg(400, 1000)],
		['no-extension', jpeg(1920, 1080)],
		['a film.mp4', png(640, 480)],
	])('a file is sent as bare Base64, whatever its name: %s', async (name, bytes) => {
		const field = await imageField(await file(name, bytes), '--image');
		expect(field).toBe(bytes.toString('base64'));
		expect(findImageFault([field])).toBeUndefined();
	});

	test('the prefix of a data: URL is removed', async () => {
		const bytes = png(400, 300);
		expect(await imageField(`data:image/png;base64,${bytes.toString('base64')}`, '--image')).toBe(
			bytes.toString('base64'),
		);
	});

	test('several are read in order, and none gives none', async () => {
		const a = await file('first.png', png(300, 400));
		expect(await imageFields([a, 'https://example.com/b.png'], '--ref-image')).toEqual([
			png(300, 400).toString('base64'),
			'https://example.com/b.png',
		]);
		expect(await imageField(undefined, '--image')).toBeUndefined();
	});

	test('has the size at which it is displayed', async () => {
		const {size} = await readPicture(await file('turned.jpg', jpeg(800, 600, 6)), '--image');
		expect(size).toEqual({width: 600, height: 800});
	});

	test.each<[string, Uint8Array | string, RegExp]>([
		['small.png', png(299, 400), /299 x 400 px.*300 px/],
		['small.jpg', jpeg(1000, 200), /1000 x 200 px.*300 px/],
		['flat.png', png(1503, 601), /1503 x 601 px.*2\.5:1/],
		['thin.jpg', jpeg(300, 1200), /300 x 1200 px.*1:4.*1:2\.5/],
		['text.png', 'this is not a picture', /not a picture.*jpg and png/],
		['empty.png', '', /empty/],
		['cut.png', png(400, 400).subarray(0, 14), /jpg and png/],
		['a.gif', Buffer.from('GIF89a\x90\x01\x90\x01\0\0\0', 'latin1'), /gif.*jpg and png/],
	])('%s is invalid_image', async (name, bytes, message) => {
		const where = await file(name, bytes);
		const error = await refusal(imageField(where, '--first-frame'));
		expect(error.code).toBe('invalid_image');
		expect(error.message).toMatch(message);
		expect(error.message).toContain('--first-frame');
		expect(error.message).toContain(where);
	});

	test.each([10, 50, 90])(
		"truncated at %i % is invalid_image, be it a PNG or a camera's JPEG",
		async (share) => {
			for (const [name, whole] of [
				['cut.png', png(800, 600)],
				['cut.jpg', cameraJpeg(800, 600)],
			] as const) {
				expect(await imageField(await file(name, whole), '--image')).toBe(whole.toString('base64'));
				const cut = whole.subarray(0, Math.floor((whole.length * share) / 100));
				const error = await refusal(imageField(await file(name, cut), '--image'));
				expect([error.code, error.message]).toEqual(['invalid_image', expect.stringContaining(name)]);
			}
		},
	);

	test('of a camera, truncated right after its thumbnail, is invalid_image', async () => {
		const whole = cameraJpeg(800, 600);
		const behind = whole.indexOf(Buffer.from([0xff, 0xd9])) + 2;
		for (const length of [behind, behind + 40]) {
			const error = await refusal(imageField(await file('c.jpg', whole.subarray(0, length)), '--image'));
			expect(error.code).toBe('invalid_image');
		}
		const motion = Buffer.concat([whole, Buffer.alloc(100_000, 7)]);
		expect(await imageField(await file('motion.jpg', motion), '--image')).toBe(motion.toString('base64'));
	});

	test.skipIf(process.platform === 'win32')(
		'from a pipe is read to its end, and an endless pipe is not',
		async () => {
			const pipe = path.join(folder, 'pipe');
			execFileSync('mkfifo', [pipe]);
			const bytes = png(640, 480);
			const [field] = await Promise.all([imageField(pipe, '--image'), writeFile(pipe, bytes)]);
			expect(field).toBe(bytes.toString('base64'));
			expect(await refusal(imageField('/dev/zero', '--image'))).toMatchObject({
				code: 'invalid_image',
				message: expect.stringContaining('10 MB'),
			});
		},
	);

	test('may have 10 MB, but not one byte more', async () => {
		const where = await file('large.png', png(300, 300));
		await truncate(where, 10 * 1024 * 1024);
		expect(findImageFault([await imageField(where, '--image')])).toBeUndefined();
		await truncate(where, 10 * 1024 * 1024 + 1);
		const error = await refusal(imageField(where, '--image'));
		expect(error).toMatchObject({code: 'invalid_image', message: expect.stringMatching(/large\.png.*10 MB/)});
	});

	test.each([
		['', 'invalid_image', /empty/],
		['https://', 'invalid_image', /not a valid URL/],
		['data:image/png,abc', 'invalid_image', /Base64/],
		['data:image/png;base64,AAAA', 'invalid_image', /jpg and png/],
		['missing.png', 'read_error', /--image: cannot read missing\.png: there is no such file/],
		[os.tmpdir(), 'read_error', /it is a folder/],
	])('%j is %s', async (input, code, message) => {
		const error = await refusal(imageField(input, '--image'));
		expect(error.code).toBe(code);
		expect(error.message).toMatch(message);
	});
});

describe('masks', () => {
	const none = {image: undefined, lastFrame: undefined, staticMask: undefined, dynamicMasks: undefined};

	test("with the picture's ratio, and of one size, are accepted", async () => {
		const fields = await readPictures({
			...none,
			image: await file('photo.png', png(1600, 900)),
			staticMask: await file('still.png', png(800, 450)),
			dynamicMasks: [{source: await file('moving.png', png(800, 450)), path: 'its path'}],
		});
		expect(fields).toEqual({
			image: png(1600, 900).toString('base64'),
			lastFrame: undefined,
			staticMask: png(800, 450).toString('base64'),
			dynamicMasks: [{mask: png(800, 450).toString('base64'), path: 'its path'}],
		});
	});

	test('with another ratio are refused', async () => {
		const error = await refusal(
			readPictures({
				...none,
				image: await file('photo.png', png(1600, 900)),
				staticMask: await file('still.png', png(800, 600)),
			}),
		);
		expect(error).toMatchObject({
			code: 'invalid_mask',
			message: expect.stringMatching(/--static-mask.*800 x 600.*1600 x 900.*ratio/),
		});
	});

	test('of two sizes are refused, even when the picture is a URL', async () => {
		const error = await refusal(
			readPictures({
				...none,
				image: 'https://example.com/photo.png',
				staticMask: await file('still.png', png(800, 450)),
				dynamicMasks: [{source: await file('moving.png', png(1600, 900)), path: []}],
			}),
		);
		expect(error).toMatchObject({
			code: 'invalid_mask',
			message: expect.stringMatching(/800 x 450.*--dynamic-mask.*1600 x 900.*one size/),
		});
	});
});
