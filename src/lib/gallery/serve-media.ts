import {createReadStream, fstatSync} from 'node:fs';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {pipeline} from 'node:stream';
import {mediaType} from './build.js';
import {openMedia} from './media-file.js';

export function sendMedia(response: ServerResponse, status: number, type = 'text/plain', body = ''): void {
	response.writeHead(status, {'content-type': type, 'content-length': Buffer.byteLength(body)});
	response.end(body);
}

/** The files that may be served, by number: a URL contains no path. */
export function mediaIndex() {
	const numbers = new Map<string, number>();
	const files: string[] = [];
	return {
		addressOf(file: string): string {
			const known = numbers.get(file) ?? files.push(file) - 1;
			numbers.set(file, known);
			return `media/${known}`;
		},
		serve(number: number, request: IncomingMessage, response: ServerResponse): void {
			const file = files[number];
			if (file === undefined) sendMedia(response, 404);
			else serveFile(file, request, response);
		},
	};
}

function serveFile(file: string, request: IncomingMessage, response: ServerResponse): void {
	const descriptor = openMedia(file);
	if (descriptor === undefined) {
		sendMedia(response, 404);
		return;
	}
	const {size} = fstatSync(descriptor);
	const range = rangeOf(request.headers.range, size);
	const headers = {'content-type': mediaType(file), 'accept-ranges': 'bytes'};
	if (range === 'impossible') response.writeHead(416, {...headers, 'content-range': `bytes */${size}`});
	else if (range) {
		const {start, end} = range;
		const length = end - start + 1;
		response.writeHead(206, {
			...headers,
			'content-length': length,
			'content-range': `bytes ${start}-${end}/${size}`,
		});
	} else response.writeHead(200, {...headers, 'content-length': size});
	const part = range && range !== 'impossible' ? range : {};
	const stream = createReadStream(file, {fd: descriptor, ...part, autoClose: true});
	if (range === 'impossible') {
		stream.destroy();
		response.end();
	} else pipeline(stream, response, () => {});
}

/** The byte range that a player requests; both ends are included. */
function rangeOf(
	header: string | undefined,
	size: number,
): {start: number; end: number} | 'impossible' | undefined {
	const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
	if (first === '' && last === '') return undefined;
	const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
	const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
	return start > end ? 'impossible' : {start, end};
}
