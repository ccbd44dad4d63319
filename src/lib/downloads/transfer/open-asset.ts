import {linkError} from '../../api/network-errors.js';
import {userAgent} from '../../api/prepare-got.js';
import {KlingError} from '../../errors/kling-error.js';
import type {Body} from '../../net/body.js';
import {requestFile} from '../../net/file-request.js';
import {isLoopback} from '../../net/loopback.js';
import type {Network} from '../../net/network.js';
import type {AssetRequest, Version} from './asset-types.js';
import {readAnswer} from './judge-response.js';

/**
 * An open transfer. `whole` starts at byte 0; `part` is exactly the requested span of the same version;
 * `other` is anything else that came instead of a part, and is already closed.
 */
export type Asset =
	| {kind: 'whole'; version: Version; servesParts: boolean; body: Body}
	| {kind: 'part'; body: Body}
	| {kind: 'other'};

/**
 * Opens a task's result on Kling's CDN. The link is signed: credentials are never sent there, and messages
 * contain only its host.
 * @throws LinkRefusedError for 403, 404 and 410; KlingError `connection_error`, `timeout`, `download_error`
 */
export async function openAsset(
	network: Network,
	link: string,
	{part, signal}: AssetRequest = {},
): Promise<Asset> {
	const {status, headers, body, url} = await requestFile(network, link, {
		headers: {
			'User-Agent': userAgent,
			// Media are requested uncompressed, because the length of compressed bytes could not be checked.
			'Accept-Encoding': 'identity',
			Range: part && `bytes=${part.span.start}-${part.span.end - 1}`,
			'If-Range': part && (part.version.etag ?? part.version.lastModified),
		},
		signal,
		check: checkLink,
	}).catch((error: unknown) => {
		throw signal?.aborted ? signal.reason : linkError(error, urlOf(link)?.host ?? '');
	});
	network.debug?.(`GET ${url.host}${url.pathname} status=${status}`);
	const answer = readAnswer(status, headers, part);
	if (answer.kind === 'whole') return {...answer, body};
	if (answer.kind === 'part') return {kind: 'part', body};
	body.destroy();
	if (answer.kind === 'other') return {kind: 'other'};
	throw refusal(status, url.host);
}

/** The file server refuses to serve the file. The task's age shows whether it is gone for good. */
export class LinkRefusedError extends KlingError {
	constructor(host: string, status: number) {
		super('download_error', `${host} refuses the file (HTTP ${status})`, {
			hint: 'The task has succeeded and its file is kept for 30 days: run the command again in a few minutes.',
		});
	}
}

function urlOf(link: string): URL | undefined {
	try {
		return new URL(link);
	} catch {
		return undefined;
	}
}

/** Plain http is only allowed to this machine. */
function checkLink(link: string): URL {
	const url = urlOf(link);
	if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))) return url;
	const flaw = url === undefined ? 'not a complete address' : 'not https';
	throw new KlingError('download_error', `Kling gave a download link that is ${flaw}`, {retryable: false});
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
