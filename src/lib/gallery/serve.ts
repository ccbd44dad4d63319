import {randomBytes, timingSafeEqual} from 'node:crypto';
import {createReadStream, fstatSync} from 'node:fs';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {pipeline} from 'node:stream';
import {changePicks, parseChanges, readPicks} from '../batch/picks-file.js';
import {KlingError} from '../errors/kling-error.js';
import type {Clock} from '../system/clock.js';
import {itemOf, mediaType} from './build.js';
import {openMedia} from './media-file.js';
import type {Item} from './model.js';
import {type PageParts, policyOf, renderPage} from './page.js';
import type {Take} from './takes.js';

export interface ServeOptions {
	title: string;
	/** Where picks are kept, an absolute path. */
	picksFile: string;
	port: number;
	parts: PageParts;
	clock: Clock;
	/** Makes the takes anew: those of a running batch change. */
	takes: () => Promise<readonly Take[]>;
	/** Milliseconds between two looks for what is new. */
	refreshMs: number;
	onNote: (text: string) => void;
}

export interface ServedGallery {
	/** With the token, which opens it. */
	url: string;
	close(): Promise<void>;
}

/** Bytes of the largest request that a page sends. */
const largestBody = 200_000;

/** Changes that one window made, for all of them. */
const message = (data: object) => `data: ${JSON.stringify(data)}\n\n`;

/**
 * Serves the gallery to this machine alone, behind a token that nobody can guess.
 * @throws KlingError `port_in_use`, `invalid_picks`
 */
export async function serveGallery(options: ServeOptions): Promise<ServedGallery> {
	const {title, picksFile, parts, clock} = options;
	const token = randomBytes(16).toString('base64url');
	const media = mediaIndex();
	const windows = new Set<ServerResponse>();
	const broadcast = (data: object) => {
		for (const window of windows) window.write(message(data));
	};
	let items: readonly Item[] = [];
	let picksText = '';
	const refresh = async () => {
		const next = (await options.takes()).map((take) => itemOf(take, media.addressOf));
		const before = new Map(items.map((item) => [item.id, JSON.stringify(item)]));
		const changed = next.filter((item) => before.get(item.id) !== JSON.stringify(item));
		items = next;
		if (changed.length > 0) broadcast({items: changed});
		const picks = readPicks(picksFile);
		if (JSON.stringify(picks) !== picksText) broadcast({picks});
		picksText = JSON.stringify(picks);
	};
	await refresh();

	const routes: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => unknown>> = {
		'GET ': (_, response) => {
			const page = renderPage(
				{title, id: picksFile, isServed: true, items, picks: readPicks(picksFile)},
				parts,
			);
			send(response, 200, 'text/html; charset=utf-8', page);
		},
		'GET events': (_, response) => {
			response.writeHead(200, {'content-type': 'text/event-stream'});
			response.write(message({items, picks: readPicks(picksFile)}));
			windows.add(response);
			response.on('close', () => windows.delete(response));
		},
		'POST picks': async (request, response) => {
			if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return send(response, 415);
			const changes = parseChanges(JSON.parse(await bodyOf(request)));
			const picks = await changePicks(picksFile, changes, clock);
			picksText = JSON.stringify(picks);
			broadcast({picks});
			send(response, 200, 'application/json', '{}');
		},
	};

	const server = createServer((request, response) => {
		answer(request, response).catch((error: unknown) => {
			if (response.headersSent) return response.destroy();
			const isTheirs = error instanceof SyntaxError || (error instanceof KlingError && error.exit === 2);
			send(response, isTheirs ? 400 : 500, 'text/plain', error instanceof Error ? error.message : 'failed');
		});
	});

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		for (const [name, value] of Object.entries(securityHeaders(parts))) response.setHeader(name, value);
		const {port} = server.address() as AddressInfo;
		if (!isLocal(request, port)) return send(response, 403);
		const [, given = '', ...rest] = new URL(request.url ?? '/', 'http://127.0.0.1').pathname.split('/');
		if (!isSame(given, token)) return send(response, 404);
		if (rest[0] === 'media' && request.method === 'GET')
			return media.serve(Number(rest[1]), request, response);
		const route = routes[`${request.method} ${rest.join('/')}`];
		if (!route) return send(response, 404);
		await route(request, response);
	}

	await listen(server, options.port);
	const {port} = server.address() as AddressInfo;
	const timer = setInterval(() => {
		refresh().catch((error: unknown) =>
			options.onNote(error instanceof Error ? error.message : String(error)),
		);
	}, options.refreshMs);
	return {
		url: `http://127.0.0.1:${port}/${token}/`,
		async close() {
			clearInterval(timer);
			for (const window of windows) window.end();
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** Pages of other sites, and names that were made to point here, get nothing. */
function isLocal({headers}: IncomingMessage, port: number): boolean {
	const own = [`127.0.0.1:${port}`, `localhost:${port}`];
	if (!own.includes(headers.host ?? '')) return false;
	if (headers.origin !== undefined && !own.some((host) => headers.origin === `http://${host}`)) return false;
	const site = headers['sec-fetch-site'];
	return site === undefined || site === 'same-origin' || site === 'none';
}

function isSame(given: string, token: string): boolean {
	const [one, other] = [Buffer.from(given), Buffer.from(token)];
	return one.length === other.length && timingSafeEqual(one, other);
}

const securityHeaders = (parts: PageParts) => ({
	'content-security-policy': `${policyOf(parts, true)}; frame-ancestors 'none'`,
	'cache-control': 'no-store',
	'cross-origin-resource-policy': 'same-origin',
	'referrer-policy': 'no-referrer',
	'x-content-type-options': 'nosniff',
});

function send(response: ServerResponse, status: number, type = 'text/plain', body = ''): void {
	response.writeHead(status, {'content-type': type, 'content-length': Buffer.byteLength(body)});
	response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > largestBody) throw new KlingError('invalid_picks', 'That is too much for a change of picks');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString();
}

/** The files that may be served, by number: an address names no path. */
function mediaIndex() {
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
			if (file === undefined) send(response, 404);
			else serveFile(file, request, response);
		},
	};
}

function serveFile(file: string, request: IncomingMessage, response: ServerResponse): void {
	const descriptor = openMedia(file);
	if (descriptor === undefined) {
		send(response, 404);
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

/** The bytes that a player asks for; both ends are counted. */
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

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			reject(
				error.code === 'EADDRINUSE'
					? new KlingError('port_in_use', `Port ${port} is in use`, {
							hint: 'Leave out --port: a free one is found.',
						})
					: error,
			);
		});
		server.listen(port, '127.0.0.1', resolve);
	});
}
