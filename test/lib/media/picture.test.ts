import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {verifyMedia} from '../../../src/lib/media/integrity.js';
import {root} from '../../e2e/kling.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kling-picture-'));
const media = (name: string) => readFileSync(path.join(root, 'src', 'sandbox', 'media', name));

async function classifyError(bytes: Buffer): Promise<string> {
	const file = path.join(folder, 'picture');
	writeFileSync(file, bytes);
	return verifyMedia(file, 'image').then(
		() => 'whole',
		(error: Error) => error.message,
	);
}

test.each(['picture.png', 'picture.jpg'])(
	'%s is complete, and is not if it is cut anywhere',
	async (name) => {
		const whole = media(name);
		expect(await classifyError(whole)).toBe('whole');
		for (const length of [1, 7, 100, whole.length >> 1, whole.length - 1]) {
			expect(await classifyError(whole.subarray(0, length))).toMatch(/damaged or cut off/);
		}
	},
);

test('a JPEG with a few bytes after its end is complete; what is not a picture is named', async () => {
	expect(await classifyError(Buffer.concat([media('picture.jpg'), Buffer.alloc(32)]))).toBe('whole');
	expect(await classifyError(media('clip-5s.mp4'))).toContain('instead of a picture');
	expect(await classifyError(Buffer.from('<html>no</html>'))).toBe(
		'The server sent HTML instead of a picture',
	);
	expect(await classifyError(Buffer.alloc(0))).toBe('The server sent an empty file instead of a picture');
});
