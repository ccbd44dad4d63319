import {randomBytes, timingSafeEqual} from 'node:crypto';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {changePicks, parseChanges, readPicks} from '../batch/picks-file.js';
import {KlingError} from '../errors/kling-error.js';
import type {Clock} from '../system/clock.js';
import {itemOf} from './build.js';
import type {Item} from './model.js';
import {type PageParts, policyOf, renderPage} from './page.js';
import {mediaIndex, sendMedia} from './serve-media.js';
import type {Take} from './takes.js';

export interface ServeOptions {
	title: string;
	/** Where picks are stored, an absolute path. */
	picksFile: string;
	port: number;
	parts: PageParts;
	clock: Clock;
	/** Loads the takes again: those of a running batch change. */
	takes: () => Promise<readonly Take[]>;
	/** Milliseconds between two checks for changes. */
	refreshMs: number;
	onNote: (text: string) => void;
}

export interface ServedGallery {
	/** The address with the token, which opens the gallery. */
	url: string;
	close(): Promise<void>;
}

/** Bytes of the largest request that a page sends. */
const maxBodyBytes = 200_000;

/** Changes that one window made, for all windows. */
const message = (data: object) => `data: ${JSON.stringify(data)}\n\n`;

/**
 * Serves the gallery to this machine only, behind a token that nobody can guess.
 * @throws KlingError `port_in_use`, `invalid_picks`
 */
export async function serveGallery(options: ServeOptions): Promise<ServedGallery> {
	const {parts, refreshMs, onNote} = options;
	const token = randomBytes(16).toString('base64url');
	const gallery = new Gallery(options);
	await gallery.refresh();

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		for (const [name, value] of Object.entries(securityHeaders(parts))) response.setHeader(name, value);
		const {port} = server.address() as AddressInfo;
		if (!isLocal(request, port)) return sendMedia(response, 403);
		// Not parsed as a URL: // would begin a host.
		const [, given = '', ...rest] = (request.url ?? '/').replace(/[?#].*$/s, '').split('/');
		if (!isSame(given, token)) return sendMedia(response, 404);
		await gallery.answer(rest, request, response);
	}
	const server = createServer((request, response) => {
		answer(request, response).catch((error: unknown) => {
			if (response.headersSent) return response.destroy();
			const isTheirs = error instanceof SyntaxError || (error instanceof KlingError && error.exit === 2);
			sendMedia(
				response,
				isTheirs ? 400 : 500,
				'text/plain',
				error instanceof Error ? error.message : 'failed',
			);
		});
	});

	await listen(server, options.port);
	const {port} = server.address() as AddressInfo;
	const timer = setInterval(() => {
		gallery
			.refresh()
			.catch((error: unknown) => onNote(error instanceof Error ? error.message : String(error)));
	}, refreshMs);
	return {
		url: `http://127.0.0.1:${port}/${token}/`,
		async close() {
			clearInterval(timer);
			gallery.close();
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** What is shown, and to which windows. */
class Gallery {
	readonly #options: ServeOptions;
	readonly #media = mediaIndex();
	readonly #windows = new Set<ServerResponse>();
	#items: readonly Item[] = [];
	#picksText = '';

	/** Handlers by method and path. */
	readonly #routes: Readonly<Record<string, Route>> = {
		'GET ': (_, response) => this.#sendPage(response),
		'GET events': (_, response) => this.#openEvents(response),
		'POST picks': (request, response) => this.#changePicks(request, response),
	};

	constructor(options: ServeOptions) {
		this.#options = options;
	}

	/** Loads the takes again, and sends changes to all windows. */
	async refresh(): Promise<void> {
		const next = (await this.#options.takes()).map((take) => itemOf(take, this.#media.addressOf));
		const before = new Map(this.#items.map((item) => [item.id, JSON.stringify(item)]));
		const changed = next.filter((item) => before.get(item.id) !== JSON.stringify(item));
		this.#items = next;
		if (changed.length > 0) this.#broadcast({items: changed});
		const picks = readPicks(this.#options.picksFile);
		if (JSON.stringify(picks) !== this.#picksText) this.#broadcast({picks});
		this.#picksText = JSON.stringify(picks);
	}

	/** @param path the part after the token */
	async answer(path: string[], request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (path[0] === 'media' && request.method === 'GET')
			return this.#media.serve(Number(path[1]), request, response);
		const route = this.#routes[`${request.method} ${path.join('/')}`];
		if (!route) return sendMedia(response, 404);
		await route(request, response);
	}

	close(): void {
		for (const window of this.#windows) window.end();
	}

	#broadcast(data: object): void {
		for (const window of this.#windows) window.write(message(data));
	}

	#sendPage(response: ServerResponse): void {
		const {title, picksFile, parts} = this.#options;
		const data = {title, id: picksFile, isServed: true, items: this.#items, picks: readPicks(picksFile)};
		sendMedia(response, 200, 'text/html; charset=utf-8', renderPage(data, parts));
	}

	#openEvents(response: ServerResponse): void {
		response.writeHead(200, {'content-type': 'text/event-stream'});
		response.write(message({items: this.#items, picks: readPicks(this.#options.picksFile)}));
		this.#windows.add(response);
		response.on('close', () => this.#windows.delete(response));
	}

	async #changePicks(request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return sendMedia(response, 415);
		const changes = parseChanges(JSON.parse(await bodyOf(request)));
		const picks = await changePicks(this.#options.picksFile, changes, this.#options.clock);
		this.#picksText = JSON.stringify(picks);
		this.#broadcast({picks});
		sendMedia(response, 200, 'application/json', '{}');
	}
}

/** Refuses pages of other sites, and host names that were made to point here. */
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

async function bodyOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > maxBodyBytes) throw new KlingError('invalid_picks', 'The change of picks is too large');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString();
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
