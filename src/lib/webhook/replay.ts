import {KlingError} from '../errors/kling-error.js';
import {forwardAddress, forwardedHeaders} from './forward.js';
import type {Secret} from './secret.js';
import {type SendContext, sendDelivery} from './send.js';
import {type DeliveryHeaders, signedHeaders} from './signature.js';
import type {StoredDelivery} from './store.js';

/** A delivery that was sent again, with the document's names. */
export interface ReplayedDocument {
	success: true;
	delivery_id: string;
	to: string;
	signed: boolean;
	/** HTTP status that the receiver returned. */
	response: number;
	/** Milliseconds until it responded. */
	ms: number;
}

interface ReplayOptions {
	to: URL;
	/** The known secrets: the one that signed the delivery must be among them. */
	secrets: readonly Secret[];
	/** Where they come from, for messages. */
	secretName: string;
	sending: SendContext;
}

/**
 * Sends a stored delivery again, with a new signature.
 * @throws KlingError `missing_webhook_secret` if the secret that signed it is not known, `delivery_failed`
 */
export async function replayDelivery(
	stored: StoredDelivery,
	{to, secrets, secretName, sending}: ReplayOptions,
): Promise<ReplayedDocument> {
	const url = forwardAddress(to, stored.path);
	const body = Buffer.from(stored.body);
	const headers = forwardedHeaders(stored.headers);
	const signature = stored.secret === undefined ? undefined : signAgain(stored, body);
	const {status: response, ms} = await sendDelivery(
		{url, headers: {...headers, ...signature}, body},
		sending,
	);
	const isSigned = signature !== undefined;
	return {success: true, delivery_id: stored.id, to: url.href, signed: isSigned, response, ms};

	function signAgain({id}: StoredDelivery, bytes: Buffer): DeliveryHeaders {
		const secret = secrets.find(({fingerprint}) => fingerprint === stored.secret);
		if (secret) return signedHeaders(secret, {id, sentAt: sending.clock.now(), body: bytes});
		throw new KlingError(
			'missing_webhook_secret',
			`${secretName} does not hold the secret that signed ${id}`,
			{
				hint: 'Set it to the secret that was used then; several are separated by spaces.',
			},
		);
	}
}
