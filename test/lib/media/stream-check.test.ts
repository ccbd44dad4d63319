import {mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {verifyMedia} from '../../../src/lib/media/integrity.js';
import type {ResultFormat} from '../../../src/lib/media/result-format.js';
import {createStreamCheck} from '../../../src/lib/media/stream-check.js';
import {root} from '../../e2e/kling.js';
import {fakeMp4} from '../../support/media.js';

const media = path.join(root, 'src', 'sandbox', 'media');
const formats: Record<string, ResultFormat> = {
	mp4: 'video',
	mp3: 'mp3',
	wav: 'wav',
	png: 'image',
	jpg: 'image',
};
const samples = readdirSync(media)
	.filter((name) => path.extname(name).slice(1) in formats)
	.map((name) => [name, readFileSync(path.join(media, name))] as const);
const formatOf = (name: string) => formats[path.extname(name).slice(1)] ?? 'video';
const folder = mkdtempSync(path.join(tmpdir(), 'kling-stream-check-'));

async function verdictOf(check: () => Promise<string[]>): Promise<string[] | string> {
	return check().catch((error: Error) => error.message);
}

/** What is said of the bytes as a file. */
async function asFile(bytes: Buffer, format: ResultFormat, isWhole: boolean) {
	const file = path.join(folder, 'sample');
	writeFileSync(file, bytes);
	return verdictOf(() => verifyMedia(file, format, {isWhole}));
}

/** What is said of them as they pass; they must all be passed on. */
async function asStream(bytes: Buffer, format: ResultFormat, isWhole: boolean, blockBytes: number) {
	const check = createStreamCheck(format);
	const passed: Buffer[] = [];
	return verdictOf(async () => {
		for (let at = 0; at < bytes.length; at += blockBytes) {
			passed.push(...(await check.add(bytes.subarray(at, at + blockBytes))));
		}
		const {warnings, rest} = await check.finish({isWhole});
		expect(Buffer.concat([...passed, ...rest]).equals(bytes)).toBe(true);
		return warnings;
	});
}

describe.each(samples)('the check of %s as it passes', (name, bytes) => {
	test.each([1, 0.999, 0.9, 0.5, 0.1, 0.001, 0])(
		'reports the same as the check of a file, for %d of it',
		async (share) => {
			const format = formatOf(name);
			const some = bytes.subarray(0, Math.floor(bytes.length * share));
			for (const isWhole of [true, false]) {
				const expected = await asFile(some, format, isWhole);
				for (const blockBytes of [977, 65_536, 262_144])
					expect(await asStream(some, format, isWhole, blockBytes)).toEqual(expected);
			}
		},
	);
});

test('a large clip is checked without keeping it', async () => {
	const bytes = fakeMp4(20_000_000);
	for (const isWhole of [true, false]) {
		expect(await asStream(bytes, 'video', isWhole, 262_144)).toEqual([]);
		const cut = bytes.subarray(0, 15_000_000);
		expect(await asStream(cut, 'video', isWhole, 262_144)).toEqual(await asFile(cut, 'video', isWhole));
	}
});

test('nothing is passed on if the bytes begin something else', async () => {
	const check = createStreamCheck('video');
	const page = Buffer.from(`<!doctype html><title>Not found</title>${' '.repeat(2000)}`);
	expect(await check.add(page.subarray(0, 100))).toEqual([]);
	await expect(check.add(page.subarray(100))).rejects.toThrow('The server sent HTML instead of a video');
});
