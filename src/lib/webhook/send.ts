import {networkError} from '../api/network-errors.js';
import {KlingError} from '../errors/kling-error.js';
import type {Network} from '../net/network.js';
import type {Clock} from '../system/clock.js';
import type {DeliveryHeaders} from './signature.js';

/** A delivery on its way to a receiver. */
export interface OutgoingDelivery {
	url: URL;
	headers: DeliveryHeaders;
	body: Buffer;
}

/** How to reach the receiver. */
export interface SendContext {
	network: Network;
	clock: Clock;
	/** Milliseconds that a receiver has; left out, 10 s. */
	patienceMs?: number;
}

/** How the receiver responded. */
export interface Receipt {
	/** HTTP status, which means that it accepted the delivery. */
	status: number;
	/** Milliseconds that it took. */
	ms: number;
}

/** Milliseconds that a receiver has. Kling documents no limit; this is what is usual. */
const defaultPatienceMs = 10_000;

/** Bytes of a response that are read: nothing in it matters. */
const maxResponseBytes = 64_000;

/** An address for display, without its query, which may be a secret. */
const shown = ({origin, pathname}: URL) => origin + pathname;

/**
 * Posts a delivery once. Redirects are not followed.
 * @throws KlingError `delivery_failed` if the receiver does not accept it
 */
export async function sendDelivery(
	outgoing: OutgoingDelivery,
	{network, clock, patienceMs = defaultPatienceMs}: SendContext,
): Promise<Receipt> {
	const {url} = outgoing;
	const start = clock.now();
	const status = await post(outgoing, network, patienceMs).catch((error: unknown) => {
		const {said, code} = networkError(error, url.host);
		const seconds = Math.round((clock.now() - start) / 100) / 10;
		const reason = code === 'timeout' ? `${url.host} gave no response within ${seconds} s` : said;
		throw new KlingError('delivery_failed', `The delivery did not arrive. ${reason}`, {cause: error});
	});
	if (status >= 200 && status < 300) return {status, ms: clock.now() - start};
	throw new KlingError('delivery_failed', `${shown(url)} responded to the delivery with HTTP ${status}`);
}

async function post(
	{url, headers, body}: OutgoingDelivery,
	{routes}: Network,
	patienceMs: number,
): Promise<number> {
	const {got} = await import('got');
	const {agent, timeout} = await routes.paying(url);
	const request = got.stream.post(url, {
		headers: {'user-agent': 'kling-cli', ...headers},
		body,
		followRedirect: false,
		throwHttpErrors: false,
		decompress: false,
		retry: {limit: 0},
		timeout: {...timeout, request: patienceMs},
		agent,
	});
	let status: number | undefined;
	let bytes = 0;
	request.on('response', (response: {statusCode: number}) => {
		status = response.statusCode;
	});
	try {
		for await (const chunk of request as AsyncIterable<Buffer>) {
			bytes += chunk.length;
			if (bytes > maxResponseBytes) break;
		}
	} catch (error) {
		// Once the status has arrived, the rest of the response does not matter.
		if (status === undefined) throw error;
	}
	if (status === undefined) throw new Error('The connection was closed without a response');
	return status;
}
