import type {ClientRequest} from 'node:http';
import type {Socket} from 'node:net';
import {userAgent} from '../../api/exchange.js';
import {linkError} from '../../api/network-errors.js';
import {KlingError} from '../../errors/kling-error.js';
import {isLoopback} from '../../net/loopback.js';
import type {Network} from '../../net/network.js';
import {type Inlet, inletOf} from '../../net/socket-reader.js';
import type {AssetRequest, Version} from './asset-types.js';

import {type Body, inletBody, streamBody} from './body.js';
import {readAnswer} from './judge-response.js';

/** Milliseconds. A transfer may take any time; whoever reads the body watches for stalls. */
const timeouts = {lookup: 10_000, connect: 10_000, secureConnect: 10_000, response: 30_000};

/**
 * An open transfer. `whole` begins at byte 0; `part` is exactly the span that was asked for, of the same version;
 * `other` is anything else that came instead of a part, and is closed already.
 */
export type Asset =
	| {kind: 'whole'; version: Version; servesParts: boolean; body: Body}
	| {kind: 'part'; body: Body}
	| {kind: 'other'};

/**
 * Opens a result of a task on Kling's CDN. The link is signed: no credential is ever sent there, and messages
 * name its host only.
 * @throws LinkRefusedError for 403, 404 and 410; KlingError `connection_error`, `timeout`; `download_error`
 */
export async function openAsset(
	network: Network,
	link: string,
	{part, signal}: AssetRequest = {},
): Promise<Asset> {
	const url = checkLink(link);
	const {got} = await import('got');
	const request = got.stream(url, {
		headers: {
			'user-agent': userAgent,
			// Media come as they are; a length that counts packed bytes could not be checked.
			'accept-encoding': 'identity',
			...(part && {
				range: `bytes=${part.span.start}-${part.span.end - 1}`,
				'if-range': part.version.etag ?? part.version.lastModified,
			}),
		},
		throwHttpErrors: false,
		retry: {limit: 0},
		timeout: timeouts,
		...(signal && {signal}),
		decompress: false,
		maxRedirects: 5,
		hooks: {
			beforeRequest: [network.routes.files],
			beforeRedirect: [
				(next) => {
					checkLink(String(next.url));
				},
			],
		},
	});
	let connection: Socket | undefined;
	let inlet: Inlet | undefined;
	// After a redirect there is another one.
	request.on('request', (each: ClientRequest) => {
		each.once('socket', (socket: Socket) => {
			connection = socket;
			inlet = inletOf(socket);
			inlet?.expect(each);
		});
	});
	// That is no end to got, which would wait for ever.
	request.once('upgrade', (_answer: unknown, socket: Socket) => {
		socket.destroy();
		request.destroy(new KlingError('connection_error', `${url.host} wants to switch to another protocol`));
	});
	// An error between two readers of the stream would otherwise end the process.
	request.on('error', () => {});
	const response = await new Promise<{
		statusCode: number;
		headers: Record<string, string | string[] | undefined>;
	}>((resolve, reject) => {
		request.once('response', resolve);
		request.once('error', reject);
	}).catch((error: unknown) => {
		if (signal?.aborted) throw signal.reason;
		throw error instanceof Error && error.cause instanceof KlingError
			? error.cause
			: linkError(error, url.host);
	});
	network.debug?.(`GET ${url.host}${url.pathname} status=${response.statusCode}`);
	const answer = readAnswer(response.statusCode, response.headers, part);
	const length = response.headers['content-length'];
	const body = inlet?.hasBody
		? inletBody(inlet, request)
		: streamBody(request, length === undefined ? undefined : Number(length), connection);
	if (answer.kind === 'whole') return {...answer, body};
	if (answer.kind === 'part') return {kind: 'part', body};
	body.destroy();
	if (answer.kind === 'other') return {kind: 'other'};
	throw refusal(response.statusCode, url.host);
}

/** The file server does not give out the file. Whether it is gone for good, the age of the task says. */
export class LinkRefusedError extends KlingError {
	constructor(host: string, status: number) {
		super('download_error', `${host} refuses the file (HTTP ${status})`, {
			hint: 'The task has succeeded and its file is kept for 30 days: run the command again in a few minutes.',
		});
	}
}

/** Only https leaves this machine. */
function checkLink(link: string): URL {
	const url = URL.canParse(link) ? new URL(link) : undefined;
	if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))) return url;
	throw new KlingError('download_error', 'Kling gave a download link that is not https', {retryable: false});
}

function refusal(status: number, host: string): KlingError {
	if (status === 403 || status === 404 || status === 410) {
		return new LinkRefusedError(host, status);
	}
	const retryable = status >= 500 || status === 429;
	return new KlingError('download_error', `${host} returned HTTP ${status} instead of the file`, {
		retryable,
	});
}
