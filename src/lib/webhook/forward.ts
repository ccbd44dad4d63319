import {KlingError} from '../errors/kling-error.js';
import type {ForwardedDocument} from './documents.js';
import {type SendContext, sendDelivery} from './send.js';
import type {DeliveryHeaders} from './signature.js';
import type {StoredDelivery} from './store.js';

/** Passes a delivery on unchanged: path, query, headers and every byte of the body. */
export async function forwardDelivery(
	{id, path, headers, body}: StoredDelivery,
	to: URL,
	sending: SendContext,
): Promise<ForwardedDocument> {
	const url = forwardAddress(to, path);
	const about = {event: 'forwarded', delivery_id: id, to: url.href} as const;
	try {
		const outgoing = {url, headers: forwardedHeaders(headers), body: Buffer.from(body)};
		const {status, ms} = await sendDelivery(outgoing, sending);
		return {success: true, ...about, response: status, ms};
	} catch (error) {
		if (!(error instanceof KlingError)) throw error;
		const hint = `Start the receiver, and send it again: kling webhook replay ${id} --to URL`;
		return {...error.with({hint}).toDocument(), ...about};
	}
}

/**
 * The address at a receiver that corresponds to one of ours: the receiver's own path, then that of the delivery, with the
 * query.
 * @param to the address that the user gave
 * @param path path and query of the delivery, unchanged
 */
export function forwardAddress(to: URL, path: string): URL {
	const [pathname = '', query] = path.split(/\?(.*)/s, 2);
	const url = new URL(to);
	// Set piece by piece: `//host` at the start of a path must not become another host.
	url.pathname = url.pathname.replace(/\/$/, '') + (pathname === '/' ? '' : pathname) || '/';
	if (query !== undefined && query !== '') url.search = url.search === '' ? query : `${url.search}&${query}`;
	return url;
}

/** Headers that belong to one connection, or that the new request has its own version of. */
const ownToConnection =
	/^(connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|host|content-length|proxy-.*)$/;

/** The headers of a delivery that are passed on. */
export const forwardedHeaders = (headers: DeliveryHeaders): DeliveryHeaders =>
	Object.fromEntries(
		Object.entries(headers).filter(([name, value]) => value !== undefined && !ownToConnection.test(name)),
	);
