import {KlingError} from '../errors/kling-error.js';
import type {DeliveryHeaders} from './signature.js';

/**
 * The headers in a text: a JSON object, or lines of `name: value` as servers log them and `curl --include` prints them.
 * @throws KlingError `invalid_delivery` for anything else
 */
export function readHeaders(text: string): DeliveryHeaders {
	const pairs = /^\s*\{/.test(text) ? fromJson(text) : fromLines(text);
	return Object.fromEntries(pairs.map(([name, value]) => [name.trim().toLowerCase(), value.trim()]));
}

function fromJson(text: string): [string, string][] {
	const refuse = (cause?: unknown) =>
		new KlingError('invalid_delivery', 'The headers are not an object of JSON with texts', {cause});
	let data: unknown;
	try {
		data = JSON.parse(text);
	} catch (error) {
		throw refuse(error);
	}
	return Object.entries(Object(data)).map(([name, value]) => {
		// Some servers keep a list per name.
		const one: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
		if (typeof one !== 'string' && typeof one !== 'number') throw refuse();
		return [name, String(one)];
	});
}

/** The request or status line, and everything after an empty line, are not headers. */
function fromLines(text: string): [string, string][] {
	const [head = ''] = text.trim().split(/\r?\n\r?\n/, 1);
	const lines = head.split(/\r?\n/).filter((line) => !/^([<>] )?(HTTP\/|[A-Z]+ \S+ HTTP\/)/.test(line));
	return lines.map((line) => {
		// curl -v puts a mark before each line.
		const [, name, value] = /^(?:[<>] )?([\w-]+):(.*)$/.exec(line) ?? [];
		if (name === undefined || value === undefined) {
			throw new KlingError('invalid_delivery', 'The headers are neither lines of NAME: VALUE nor JSON');
		}
		return [name, value];
	});
}
