import type {IncomingMessage} from 'node:http';
import {type Reply, refusals} from './reply.js';
import type {Body} from './rules/read.js';

/** Room for five images of 10 MB in Base64; the API's own limit is not known (docs/kling-api.md §18). */
const maxBytes = 64 * 1024 * 1024;

/** An element id is a number that can exceed 2^53, so it is kept as text. Inside a text its quotes are escaped. */
const keepLongIds = (json: string) =>
	json.includes('"element_id"') ? json.replaceAll(/("element_id"\s*:\s*)(\d{16,25})/g, '$1"$2"') : json;

function parse(bytes: Buffer): {json: Body} | {refused: Reply} {
	try {
		const json: unknown = JSON.parse(keepLongIds(bytes.toString('utf8')));
		if (typeof json === 'object' && json !== null && !Array.isArray(json)) return {json: json as Body};
	} catch {
		// A body that is not JSON is refused like JSON that is not an object.
	}
	return {refused: refusals.badRequest()};
}

/** Reads a JSON object from a request, or returns the refusal: 1200 for anything else, 413 above 64 MB. */
export async function readBody(request: IncomingMessage): Promise<{json: Body} | {refused: Reply}> {
	if (Number(request.headers['content-length']) > maxBytes) return {refused: refusals.tooLarge()};
	const chunks: Buffer[] = [];
	let size = 0;
	// Leaving this loop early would destroy the request, so the rest of a body that is too long is read and dropped.
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size <= maxBytes) chunks.push(chunk);
		else chunks.length = 0;
	}
	return size > maxBytes ? {refused: refusals.tooLarge()} : parse(Buffer.concat(chunks));
}
