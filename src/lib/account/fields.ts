import {KlingError} from '../errors/kling-error.js';
import {readError} from '../fs/file-errors.js';
import {readBounded} from '../fs/read-bounded.js';

/** Fields of a request. A bigint is a whole number that a double cannot hold. */
export type Fields = Record<string, string | number | bigint | boolean | null>;

/** Reads a file, or stdin for `-`. */
export type ReadInput = (file: string) => Promise<string>;

/**
 * Parses `-F key=value` and `-f key=value`, like gh.
 * @param typed true, false, null and numbers are converted, and `@file` is replaced by the file's text
 * @param raw values are always strings
 * @throws KlingError `invalid_argument` for an argument without `=`, `read_error`
 */
export async function readFields(
	typed: readonly string[],
	raw: readonly string[],
	readInput: ReadInput,
): Promise<Fields> {
	const fields: Fields = {};
	for (const text of raw) {
		const [key, value] = split(text, '-f');
		fields[key] = value;
	}
	for (const text of typed) {
		const [key, value] = split(text, '-F');
		fields[key] = value.startsWith('@') ? await readInput(value.slice(1)) : meaning(value);
	}
	return fields;
}

function split(text: string, flag: string): [string, string] {
	const at = text.indexOf('=');
	if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
	throw new KlingError('invalid_argument', `${flag} '${text}' is not key=value`);
}

const words: Readonly<Record<string, boolean | null>> = {true: true, false: false, null: null};

function meaning(value: string): Fields[string] {
	if (Object.hasOwn(words, value)) return words[value] ?? null;
	if (/^-?(0|[1-9]\d*)$/.test(value)) {
		const number = Number(value);
		return Number.isSafeInteger(number) ? number : BigInt(value);
	}
	return /^-?(0|[1-9]\d*)\.\d+$/.test(value) ? Number(value) : value;
}

/** The largest request holds ten pictures of 10 MB, in Base64. */
const maxMegabytes = 150;

/** @param stdin called only when it is read */
export const inputReader =
	(stdin: () => AsyncIterable<string | Uint8Array>): ReadInput =>
	async (file) => {
		try {
			return (await readBounded(file === '-' ? stdin() : file, maxMegabytes)).toString('utf8');
		} catch (error) {
			throw readError(error, file === '-' ? 'stdin' : file, 'kling api');
		}
	};
