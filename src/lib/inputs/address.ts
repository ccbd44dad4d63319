import type {ErrorCode} from '../errors/error-table.js';
import {KlingError} from '../errors/kling-error.js';
import {readError, systemCode} from '../fs/file-errors.js';

/**
 * The URL, for an input that may be a file or a URL; undefined when it names a file.
 * @param code of the error
 * @throws KlingError for a URL that Kling cannot fetch
 */
export function addressIn(input: string, flag: string, code: ErrorCode): string | undefined {
	if (/^https?:\/\//i.test(input)) {
		if (URL.canParse(input)) return input;
		throw new KlingError(code, `${flag}: ${input} is not a valid URL`);
	}
	const [, scheme] = /^([a-z][a-z\d+.-]{1,30}):\/\//i.exec(input) ?? [];
	if (scheme === undefined) return undefined;
	throw new KlingError(code, `${flag}: Kling does not fetch ${scheme}: addresses`, {
		hint: /^file$/i.test(scheme)
			? `Give the path alone: ${flag} ${input.replace(/^file:\/\/(localhost(?=\/))?/i, '')}`
			: 'Give an address that begins with https:// or http://, or save the file and give its path.',
	});
}

/**
 * The error for an input that cannot be read. If it looks like a URL, the message says that the scheme is
 * missing.
 */
export function inputError(error: unknown, input: string, flag: string): KlingError {
	const known = readError(error, input, flag);
	const isHost = /^(localhost|[a-z\d-]+(\.[a-z\d-]+)*\.[a-z]{2,18}|\d+\.\d+\.\d+\.\d+)(:\d+)?\/./i.test(
		input,
	);
	if (!isHost || !['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return known;
	return known.with({
		hint: `If it is an address, did you mean https://${input}? If it is a file, check the path.`,
	});
}
