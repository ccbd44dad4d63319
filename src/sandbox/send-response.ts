import type {ServerResponse} from 'node:http';
import {setTimeout as delay} from 'node:timers/promises';
import type {Reply} from './reply.js';

/** How a response is sent, if not completely and at once. */
export interface SendMode {
	/** Milliseconds of silence before the first byte. */
	delayMs?: number;
	/** After how many bytes of the body it breaks off, and how; the announced length stays. */
	breaks?: {after: number; by: 'close' | 'reset' | 'silence'};
	bytesPerSecond?: number;
	/** No Content-Length: the end is marked by the last chunk, or only by the end of the connection. */
	unmeasured?: 'chunked' | 'closed';
}

/** A response as bytes, on its way to the socket. */
export interface SandboxResponse {
	status: number;
	headers: Readonly<Record<string, string | number>>;
	bytes: Buffer;
	/** If left out: the whole response, at once. `nothing`: not even headers. */
	manner?: SendMode | {nothing: 'close' | 'reset' | 'silence'};
}

/** Element ids are numbers beyond 2^53, held as bigints. */
function writeJson(body: unknown): string {
	let hasLong = false;
	const text = JSON.stringify(body, (_, value) => {
		if (typeof value !== 'bigint') return value;
		hasLong = true;
		return `#${value}#`;
	});
	return hasLong ? text.replaceAll(/"#(\d+)#"/g, '$1') : text;
}

/** Kling's reply as a response; `now`, Unix ms, is the clock that tokens are checked against, which clients can read. */
export function jsonResponse({status, body}: Reply, now: number): SandboxResponse {
	const bytes = Buffer.from(writeJson(body));
	return {
		status,
		headers: {
			'Content-Type': 'application/json;charset=utf-8',
			'Content-Length': bytes.length,
			Date: new Date(now).toUTCString(),
			...(status === 413 ? {Connection: 'close'} : {}),
		},
		bytes,
	};
}

/** How often a slow transfer sends some bytes, ms. */
const beatMs = 50;

/** Sends a response; `bodiless` for the response to a HEAD. Resolves when nothing more will be sent. */
export async function sendResponse(
	response: ServerResponse,
	{status, headers, bytes, manner = {}}: SandboxResponse,
	bodiless = false,
): Promise<void> {
	if ('nothing' in manner) return hangUp(response, manner.nothing);
	const {delayMs, breaks, bytesPerSecond, unmeasured} = manner;
	if (delayMs !== undefined) await delay(delayMs, undefined, {ref: false});
	const sent = Object.entries(headers).filter(([name]) => !unmeasured || name !== 'Content-Length');
	if (unmeasured === 'closed') {
		response.useChunkedEncodingByDefault = false;
		response.shouldKeepAlive = false;
	}
	response.writeHead(status, Object.fromEntries(sent));
	if (bodiless) return void response.end();
	const body = breaks === undefined ? bytes : bytes.subarray(0, breaks.after);
	if (breaks === undefined && bytesPerSecond === undefined) return void response.end(body);
	await write(response, body, bytesPerSecond);
	if (breaks !== undefined) hangUp(response, breaks.by);
	else response.end();
}

async function write(response: ServerResponse, bytes: Buffer, bytesPerSecond = Number.POSITIVE_INFINITY) {
	const size = Math.min(bytes.length, Math.ceil((bytesPerSecond * beatMs) / 1000));
	for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
		if (at > 0) await delay(beatMs, undefined, {ref: false});
		await new Promise<void>((resolve) => {
			// A client that has gone never drains it.
			response.once('close', resolve);
			response.write(bytes.subarray(at, at + size), () => {
				response.off('close', resolve);
				resolve();
			});
		});
	}
}

function hangUp({socket}: ServerResponse, by: 'close' | 'reset' | 'silence'): void {
	if (by === 'close') socket?.destroy();
	if (by === 'reset') socket?.resetAndDestroy();
}
