import {closeSync, fstatSync, openSync} from 'node:fs';
import {KlingError} from '../errors/kling-error.js';
import {type MediaBytes, mediaBytes} from './media-bytes.js';
import {checkMp3} from './mp3.js';
import {checkMp4} from './mp4.js';
import {checkPicture} from './picture.js';
import type {ResultFormat} from './result-format.js';
import {checkWav} from './wav.js';

const formats: Record<ResultFormat, {name: string; check: (bytes: MediaBytes) => Promise<void>}> = {
	video: {name: 'a video', check: checkMp4},
	mp3: {name: 'an MP3', check: checkMp3},
	wav: {name: 'a WAV', check: checkWav},
	image: {name: 'a picture', check: checkPicture},
};

/** What error pages and storage services answer instead of a file, tried in turn; the last takes any text. */
const texts = [
	{name: 'HTML', pattern: /^<(?:!doctype html|html|head|body)\b/i},
	{name: 'XML', pattern: /^<[?!a-z]/i},
	{name: 'JSON', pattern: /^[[{]/},
	{name: 'text', pattern: /^/},
] as const;

/** Bytes that are enough to tell text from media: every format here has bytes in its header that no text has. */
const sniffedBytes = 512;

/**
 * Checks that a downloaded file is complete media of the format that was asked for. Reads headers only,
 * a few bytes at a time, so that a file of any size takes milliseconds. It does not decode: damage inside
 * the pictures or the sound goes unseen, and a cut MP3 cannot be told from a whole one (see `checkMp3`).
 *
 * @param path of the file
 * @param format what it should be; `video` is MP4 or MOV, `image` PNG or JPEG
 * @throws KlingError `download_error` naming what is wrong with the file; `write_error` when it cannot be read
 */
export async function verifyMedia(path: string, format: ResultFormat): Promise<void> {
	let file: number | undefined;
	try {
		file = openSync(path, 'r');
		await check(mediaBytes(file, fstatSync(file).size), format);
	} catch (error) {
		if (error instanceof KlingError) throw error;
		throw new KlingError('write_error', `Cannot read ${path} to check it`, {cause: error, path});
	} finally {
		if (file !== undefined) closeSync(file);
	}
}

async function check(bytes: MediaBytes, format: ResultFormat): Promise<void> {
	const {name, check: checkFormat} = formats[format];
	if (bytes.size === 0)
		throw new KlingError('download_error', `The server sent an empty file instead of ${name}`);
	const text = nameOfText(await bytes.read(0, Math.min(bytes.size, sniffedBytes)));
	if (text) throw new KlingError('download_error', `The server sent ${text} instead of ${name}`);
	await checkFormat(bytes);
}

/** What kind of text the bytes begin; undefined when they are not text. */
function nameOfText(head: Buffer): string | undefined {
	let text: string;
	try {
		// A stream may end within a character; the decoder takes the byte order mark away.
		text = new TextDecoder('utf-8', {fatal: true}).decode(head, {stream: true}).trimStart();
	} catch {
		return undefined;
	}
	if (/[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text)) return undefined;
	return texts.find(({pattern}) => pattern.test(text))?.name;
}
