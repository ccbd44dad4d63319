import type {IncomingHttpHeaders} from 'node:http';
import {decode, isTooLong} from './decode.js';
import {unusable} from './json.js';

/** A response as it arrived. */
export interface Received {
	status: number;
	headers: IncomingHttpHeaders;
	/** The body, perhaps compressed. */
	bytes: Buffer;
}

export interface Reply {
	status: number;
	contentType: string | undefined;
	/** `Retry-After` in milliseconds, if the server sent one. */
	retryAfterMs: number | undefined;
	/** The server's `Date` header. */
	date: string | undefined;
	text: string;
}

/**
 * Converts a response into text.
 * @param token that the request was signed with. A server that echoes the request must not put it into a
 * message.
 * @throws KlingError `response_error` when it cannot be decompressed; RangeError when it is too large, see
 * `isTooLong`
 */
export async function readReceived({status, headers, bytes}: Received, token: string): Promise<Reply> {
	const contentType = headers['content-type'];
	const encoding = headers['content-encoding'];
	const decoded = encoding === undefined ? bytes : await decode(bytes, encoding).catch(refuse);
	function refuse(error: unknown): never {
		if (isTooLong(error)) throw error;
		throw unusable('cannot be decompressed', '', {status, contentType}, error);
	}
	return {
		status,
		contentType,
		retryAfterMs: retryAfterMs(headers['retry-after'], headers.date),
		date: headers.date,
		text: withoutToken(decoded.toString('utf8'), token),
	};
}

/** Short keys are not replaced, since they could be ordinary words. Real keys are longer. */
function withoutToken(text: string, token: string): string {
	if (token.length < 8) return text;
	const plain = text.replaceAll(token, '[hidden]');
	// In a URL, a dot may be escaped; the letters before it stay as they are.
	const [letters = ''] = token.split(/\W/, 1);
	if (!plain.toLowerCase().includes(letters.toLowerCase())) return plain;
	const pattern = token.replaceAll(/[^\w]/g, (char) => {
		const hex = char.charCodeAt(0).toString(16).padStart(2, '0');
		return `(?:\\${char}|%${hex}|\\\\u00${hex})`;
	});
	return plain.replaceAll(new RegExp(pattern, 'gi'), '[hidden]');
}

/**
 * Milliseconds from a `Retry-After` header, which holds a number of seconds or a date. A date is compared
 * with the server's own clock.
 */
function retryAfterMs(header: string | undefined, serverDate: string | undefined): number | undefined {
	if (header === undefined) return undefined;
	if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
	const wait = Date.parse(header) - Date.parse(serverDate ?? '');
	return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
