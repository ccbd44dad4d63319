import type {KlingClient} from '../api/client.js';
import type {Reply} from '../api/received.js';
import {KlingError} from '../errors/kling-error.js';
import type {Fields} from './fields.js';

/** Kling's response: the original text, and its `data`. */
export interface RawReply {
	text: string;
	data: unknown;
}

const read = (data: unknown, {text}: Reply): RawReply => ({text, data});

/**
 * A path below the base URL, from a path or a URL on the same server.
 * @throws KlingError `invalid_argument` for another server, which must not get the token, and for `..`
 */
export function pathBelow(baseUrl: URL, given: string): string {
	const refuse = (rule: string, hint?: string) =>
		new KlingError('invalid_argument', `The path '${given}' ${rule}`, {hint});
	let path = given.trim();
	if (/^[a-z][a-z\d+.-]*:\/\//i.test(path)) {
		const base = baseUrl.href.replace(/(?<!\/)\/+$/, '');
		const url = URL.canParse(path) ? new URL(path) : undefined;
		if (url?.origin !== baseUrl.origin || !`${url.href}/`.startsWith(`${base}/`)) {
			const hint = url && `Give the path alone, which is sent there: ${url.pathname}${url.search}`;
			throw refuse(`is not below ${base}: the token goes nowhere else`, hint);
		}
		path = url.href.slice(base.length);
	}
	if (!path.startsWith('/')) path = `/${path}`;
	if (/[\u0000-\u0020\u007F]/.test(path)) throw refuse('contains a space or a control character');
	if (holdsDots(path.split('?')[0] ?? '')) throw refuse('contains . or .. between slashes');
	return path;
}

/**
 * Whether a path contains dot segments, however often they are encoded: anything between this machine and the
 * API may decode them.
 */
function holdsDots(path: string): boolean {
	for (let text = path, last = ''; text !== last; ) {
		const segments = text
			.split(/[/\\\u2215\u2044\uFF0F\uFF3C]/)
			.map((segment) => segment.split(/[;\u0000]/)[0] ?? '');
		if (
			segments.some((segment) =>
				/^[.\u2024\uFF0E]{1,2}$/.test(segment.replaceAll(/[\u0000-\u0020\u007F]/g, '')),
			)
		)
			return true;
		last = text;
		text = text
			.replaceAll(/(?:%[\da-f]{2}){1,64}/gi, decodedOnce)
			.replaceAll(/%u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
	}
	return false;
}

function decodedOnce(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		// Invalid UTF-8, such as the overlong forms of a dot.
		return Buffer.from(text.replaceAll('%', ''), 'hex')
			.toString('latin1')
			.replaceAll(/\u00c0\u00ae|\u00e0\u0080\u00ae/g, '.')
			.replaceAll(/\u00c0\u00af|\u00e0\u0080\u00af/g, '/');
	}
}

/**
 * Parses the method and path of a request from the command line.
 * @throws KlingError `invalid_argument`
 */
export function methodAndPath({
	first = '',
	second,
}: {
	first?: string | undefined;
	second?: string | undefined;
}) {
	const missing = new KlingError('invalid_argument', 'Missing argument: PATH', {
		hint: 'For example: kling api GET /v1/videos/text2video',
	});
	if (first.trim() === '') throw missing;
	const word = first.toUpperCase();
	if (word === 'GET' || word === 'POST') {
		if (!second) throw missing;
		return {method: word, given: second};
	}
	if (second === undefined) return {method: 'GET', given: first};
	throw new KlingError('invalid_argument', `'${first}' is neither GET nor POST`, {
		hint: 'Kling has no other methods. For example: kling api GET /v1/videos/text2video',
	});
}

/** Checks that the text of a body is JSON, and returns it unchanged so that no number in it changes. */
export function jsonOf(text: string): string {
	try {
		JSON.parse(text);
		return text;
	} catch (error) {
		throw new KlingError('invalid_argument', '--input is not JSON', {cause: error});
	}
}

/**
 * POSTs JSON once, whatever the outcome.
 * @throws KlingError `submit_unknown` when Kling may have acted on it despite an error
 */
export async function post(client: KlingClient, path: string, body: string): Promise<RawReply> {
	try {
		return await client.request({method: 'POST', path, body, read});
	} catch (error) {
		if (!(error instanceof KlingError) || !error.maybeSubmitted) throw error;
		throw new KlingError('submit_unknown', `${error.said}. Kling may have acted on the POST anyway`, {
			...error.details,
			retryable: false,
			cause: error,
			hint: `Check before you send it again, which could cost a second time: kling api ${path.split('?')[0]}`,
		});
	}
}

/** GETs with the fields as the query. A failed read is retried. */
export function get(client: KlingClient, path: string, fields: Fields): Promise<RawReply> {
	const query = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
	return client.request({method: 'GET', path, query, read});
}

/** Kling's own limits. Source: docs/kling-api.md §5. */
const lastPage = 1000;
const defaultSize = 30;

/** A page or size as a whole number. It decides where a list ends. */
function whole(name: string, value: Fields[string]): number {
	if (/^[1-9]\d{0,5}$/.test(String(value))) return Number(value);
	throw new KlingError('invalid_argument', `${name} '${value}' is not a whole number above 0`);
}

/**
 * GETs page after page of a list, until one is not full.
 * @throws KlingError `invalid_argument` for a page or size that is not a number
 */
export async function* pages(client: KlingClient, path: string, fields: Fields): AsyncGenerator<RawReply> {
	const [place = '', search = ''] = path.split(/\?(.*)/s);
	const all: Fields = {...Object.fromEntries(new URLSearchParams(search)), ...fields};
	const size = whole('pageSize', all.pageSize ?? defaultSize);
	for (let page = whole('pageNum', all.pageNum ?? 1); page <= lastPage; page++) {
		const answer = await get(client, place, {...all, pageNum: page, pageSize: size});
		yield answer;
		if (!Array.isArray(answer.data) || answer.data.length < size) return;
	}
}
