import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';

/** A request for a file, and its outcome. */
export interface FileRequest {
	url: string;
	range: string | undefined;
	ifRange: string | undefined;
	headers: IncomingMessage['headers'];
	/** Bytes of the body sent so far. */
	sent: number;
	/** Whether nothing more will be sent. */
	isOver: boolean;
}

export interface ServedFile {
	bytes: Buffer;
	etag?: string | undefined;
	lastModified?: string | undefined;
	/** Whether ranges are served and announced. */
	servesParts: boolean;
	/** Bytes per second for each connection. */
	rate?: number | undefined;
	/** Bytes of a body after which the connection is cut. */
	cutAfter?: number | undefined;
}

export interface FileServer {
	url: string;
	file: ServedFile;
	seen: FileRequest[];
	/** Responds instead of the file when it returns true. */
	fault: (request: FileRequest, response: ServerResponse, index: number) => boolean;
	/** Resets the server: the file as given at first, and no requests seen. */
	reset(): void;
	close(): Promise<void>;
}

/** Bytes sent at once. */
const chunkBytes = 32 << 10;

/** A file server over a real socket, with ranges, a speed limit, and any fault that a test wants. */
export async function startFileServer(file: ServedFile): Promise<FileServer> {
	const server = createServer({noDelay: true}, async (incoming, response) => {
		const {headers} = incoming;
		const request: FileRequest = {
			url: incoming.url ?? '',
			range: headers.range,
			ifRange: headers['if-range'] as string | undefined,
			headers,
			sent: 0,
			isOver: false,
		};
		response.setMaxListeners(0).on('error', () => {});
		const index = fake.seen.push(request) - 1;
		if (fake.fault(request, response, index)) return;
		await sendFile(fake.file, request, response);
		request.isOver = true;
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const fake: FileServer = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/clip.mp4?ksSecret=signed`,
		file: {...file},
		seen: [],
		fault: () => false,
		reset() {
			fake.file = {...file};
			fake.seen = [];
			fake.fault = () => false;
		},
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
	return fake;
}

/** Responds according to RFC 9110. */
export async function sendFile(
	{bytes, etag, lastModified, servesParts, rate, cutAfter}: ServedFile,
	request: FileRequest,
	response: ServerResponse,
): Promise<void> {
	const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.range ?? '') ?? [];
	const isSame =
		request.ifRange === undefined || request.ifRange === etag || request.ifRange === lastModified;
	const headers = {
		'content-type': 'video/mp4',
		...(etag && {etag}),
		...(lastModified && {'last-modified': lastModified}),
		...(servesParts && {'accept-ranges': 'bytes'}),
	};
	if (first !== undefined && servesParts && isSame) {
		const body = bytes.subarray(Number(first), Number(last) + 1);
		const range = `bytes ${first}-${Number(first) + body.length - 1}/${bytes.length}`;
		response.writeHead(206, {...headers, 'content-length': body.length, 'content-range': range});
		return send(body, request, response, {rate, cutAfter});
	}
	response.writeHead(200, {...headers, 'content-length': bytes.length});
	return send(bytes, request, response, {rate, cutAfter});
}

/** Sends a body at a given speed, or cuts the connection halfway. */
async function send(
	body: Buffer,
	request: FileRequest,
	response: ServerResponse,
	{rate, cutAfter = Number.POSITIVE_INFINITY}: Pick<ServedFile, 'rate' | 'cutAfter'> = {},
): Promise<void> {
	let due = 0;
	const end = Math.min(body.length, cutAfter);
	while (request.sent < end && !response.destroyed) {
		const chunk = body.subarray(request.sent, Math.min(end, request.sent + chunkBytes));
		request.sent += chunk.length;
		if (!response.write(chunk))
			await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
		if (!rate) continue;
		// Never catches up: bytes missed while the machine was busy would otherwise come in one burst.
		due = Math.max(due, performance.now()) + (chunk.length / rate) * 1000;
		await delay(due - performance.now());
	}
	if (end === body.length) response.end();
	// Written bytes must be sent first, because a destroyed socket drops them.
	else response.socket?.end(() => response.destroy());
}
