import {readFile, stat} from 'node:fs/promises';
import {KlingError} from '../errors/kling-error.js';
import {mediaSeconds} from '../media/describe.js';
import {addressIn, inputError} from './address.js';

/** A sound to send to Kling. */
export interface SoundInput {
	/** The value for the API: a URL, or bare Base64. */
	field: string;
	/** Length in seconds; undefined for a URL, which is not fetched, and for raw aac. */
	seconds?: number | undefined;
}

// docs/kling-api.md §8, avatar and lip-sync
const maxBytes = 5 * 1024 * 1024;

/** First bytes: ID3 or an MPEG frame (mp3, aac), RIFF (wav), or a box (m4a). */
const isSound = (head: Buffer): boolean =>
	/^ID3|^\xff[\xe0-\xff]|^RIFF....WAVE|^....ftyp/s.test(head.toString('latin1'));

/** Allowed length of a sound in seconds. */
export interface SoundLimits {
	minSeconds: number;
	maxSeconds: number;
}

/** What is wrong with the length of a sound, as the end of a sentence. An unknown length passes. */
export const lengthFlaw = (
	seconds: number | undefined,
	{minSeconds, maxSeconds}: SoundLimits,
): string | undefined =>
	seconds === undefined || (seconds >= minSeconds && seconds <= maxSeconds)
		? undefined
		: `lasts ${Math.round(seconds * 100) / 100} s; ${minSeconds} to ${maxSeconds} s are allowed`;

/**
 * Reads a sound for the API. An http or https URL is passed on; a file becomes bare Base64. Files are checked
 * for their type, their length, and at most 5 MB.
 * @param flag the flag it was given with, for messages
 * @param limits allowed length in seconds
 * @throws KlingError `invalid_audio`, `read_error`
 */
export async function readSound(input: string, flag: string, limits: SoundLimits): Promise<SoundInput> {
	const bad = (words: string) => new KlingError('invalid_audio', `${flag}: ${words}`);
	if (input.trim() === '') throw bad('it is empty: give a file or an address');
	const address = addressIn(input, flag, 'invalid_audio');
	if (address !== undefined) return {field: address};
	const bytes = await fileBytes(input, flag, bad);
	if (!isSound(bytes.subarray(0, 12)))
		throw bad(`${input} is not a sound; Kling takes mp3, wav, m4a and aac`);
	const seconds = await mediaSeconds(input);
	const flaw = lengthFlaw(seconds, limits);
	if (flaw !== undefined) throw bad(`${input} ${flaw}`);
	return {field: bytes.toString('base64'), seconds};
}

async function fileBytes(file: string, flag: string, bad: (words: string) => KlingError): Promise<Buffer> {
	try {
		const stats = await stat(file);
		if (!stats.isFile()) {
			throw new KlingError('read_error', `${flag}: cannot read ${file}: it is not a file`, {path: file});
		}
		if (stats.size > maxBytes) {
			throw bad(`${file} has ${(stats.size / 1024 / 1024).toFixed(1)} MB; 5 MB are allowed`);
		}
		return await readFile(file);
	} catch (error) {
		throw inputError(error, file, flag);
	}
}
