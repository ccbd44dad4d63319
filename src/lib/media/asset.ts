import type {Readable} from 'node:stream';
import {userAgent} from '../api/exchange.js';
import {networkError} from '../api/network-errors.js';
import {KlingError} from '../errors/kling-error.js';
import {isLoopback} from '../net/loopback.js';
import {route} from '../net/route.js';
import {network} from '../net/settings.js';

/** Milliseconds. A transfer may take as long as it likes, but not stand still. */
const timeouts = {lookup: 10_000, connect: 10_000, secureConnect: 10_000, response: 30_000, socket: 30_000};

/** An open transfer. */
export interface Asset {
	/** Bytes to come, when the server told. */
	total: number | undefined;
	body: Readable;
}

/**
 * Opens a result of a task on Kling's CDN. The link is signed: no credential is ever sent there, and messages
 * name its host only.
 * @param signal gives the transfer up; its reason is thrown
 * @throws KlingError `asset_expired` for 403, 404 and 410; `connection_error`, `timeout`; `download_error`
 */
export async function openAsset(link: string, signal?: AbortSignal): Promise<Asset> {
	const url = checkLink(link);
	const {got} = await import('got');
	const request = got.stream(url, {
		headers: {'user-agent': userAgent},
		throwHttpErrors: false,
		retry: {limit: 0},
		timeout: timeouts,
		...(signal && {signal}),
		// Media come as they are; a length that counts packed bytes could not be checked.
		decompress: false,
		maxRedirects: 5,
		hooks: {
			beforeRequest: [route],
			beforeRedirect: [
				(next) => {
					checkLink(String(next.url));
				},
			],
		},
	});
	const body: Readable = request;
	// An error between two readers of the stream would otherwise end the process.
	body.on('error', () => {});
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
			: networkError(error, url.host, false);
	});
	const {statusCode, headers} = response;
	network.debug?.(`GET ${url.host}${url.pathname} status=${statusCode}`);
	if (statusCode !== 200) {
		body.destroy();
		throw refusal(statusCode, url.host);
	}
	const length = Number(headers['content-length'] ?? Number.NaN);
	return {total: Number.isSafeInteger(length) ? length : undefined, body};
}

/** Only https leaves this machine. */
function checkLink(link: string): URL {
	const url = URL.canParse(link) ? new URL(link) : undefined;
	if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))) return url;
	throw new KlingError('download_error', 'Kling gave a download link that is not https', {retryable: false});
}

function refusal(status: number, host: string): KlingError {
	if (status === 403 || status === 404 || status === 410) {
		return new KlingError('asset_expired', `${host} no longer has the file (HTTP ${status})`);
	}
	const retryable = status >= 500 || status === 429;
	return new KlingError('download_error', `${host} answered HTTP ${status} in place of the file`, {
		retryable,
	});
}
