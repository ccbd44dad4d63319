import {createHmac, timingSafeEqual} from 'node:crypto';
import {KlingError} from '../errors/kling-error.js';
import type {Secret} from './secret.js';

/** Headers of a delivery, with names in lower case. */
export type DeliveryHeaders = Readonly<Record<string, string | undefined>>;

/** What the signature of a delivery proves. */
export type SignatureResult =
	| {
			kind: 'signed';
			/** Id of the delivery, not of the task. */
			id: string;
			/** When it was signed, in Unix milliseconds. */
			sentAt: number;
			/** The secret that signed it. */
			secret: Secret;
	  }
	/** Nothing: it has no signature. */
	| {kind: 'unsigned'};

export interface VerifyOptions {
	secrets: readonly Secret[];
	/** Unix milliseconds. */
	now: number;
	/** How far the delivery's time may be from ours, in milliseconds; if left out, any time is accepted. */
	toleranceMs?: number | undefined;
}

/** Kling allows 5 minutes either way. Source: docs/kling-api.md §11. */
export const defaultToleranceMs = 5 * 60_000;

const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/** A header with more signatures than this is not from Kling: at most two secrets are valid at once. */
const maxSignatures = 16;

/** The signature of a text, without its version prefix. */
const hmac = ({key}: Secret, id: string, timestamp: string, body: Buffer): Buffer =>
	createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();

/**
 * The headers that sign a delivery, like Kling's.
 * @param id id of the delivery
 * @param sentAt Unix milliseconds
 */
export function signedHeaders(
	secret: Secret,
	{id, sentAt, body}: {id: string; sentAt: number; body: Buffer},
): Record<(typeof names)[number], string> {
	const timestamp = String(Math.floor(sentAt / 1000));
	return {
		'webhook-id': id,
		'webhook-timestamp': timestamp,
		'webhook-signature': `v1,${hmac(secret, id, timestamp, body).toString('base64')}`,
	};
}

/**
 * Checks the signature of a delivery. One match of any signature with any secret is enough.
 * @param body the bytes as they arrived
 * @throws KlingError `invalid_signature` for a signature that is wrong, too old or from the future
 */
export function verifyDelivery(
	headers: DeliveryHeaders,
	body: Buffer,
	{secrets, now, toleranceMs}: VerifyOptions,
): SignatureResult {
	if (names.every((name) => headers[name] === undefined)) return {kind: 'unsigned'};
	const [id = '', timestamp = '', signatures = ''] = names.map((name) => headers[name]);
	const refuse = (message: string, hint?: string) =>
		new KlingError('invalid_signature', message, hint === undefined ? {} : {hint});
	for (const name of names) {
		if (!headers[name])
			throw refuse(`The delivery has no ${name} header, but has other headers of a signature`);
	}
	// With a full stop in the id, the signature of one text could also fit another.
	if (!/^[!--/-~]{1,256}$/.test(id)) throw refuse('The webhook-id is not a valid id');
	if (!/^\d{1,12}$/.test(timestamp)) throw refuse('The webhook-timestamp is not a number of seconds');
	const secret = secrets.find((candidate) => {
		const expected = hmac(candidate, id, timestamp, body);
		return signatures.split(/\s+/, maxSignatures).some((signature) => isSame(expected, signature));
	});
	if (secret === undefined) throw refuse('No signature of the delivery matches the secret');
	const sentAt = Number(timestamp) * 1000;
	const offMs = now - sentAt;
	if (toleranceMs !== undefined && Math.abs(offMs) > toleranceMs) {
		const seconds = Math.round(Math.abs(offMs) / 1000);
		const when = offMs > 0 ? `${seconds} s old` : `${seconds} s ahead of this machine's clock`;
		throw refuse(
			`The delivery is ${when}`,
			'It may have been sent again by someone else. If deliveries that have just arrived are refused, correct the clock of this machine.',
		);
	}
	return {kind: 'signed', id, sentAt, secret};
}

function isSame(expected: Buffer, signature: string): boolean {
	const [version, base64 = ''] = signature.split(',', 2);
	if (version !== 'v1') return false;
	const given = Buffer.from(base64, 'base64');
	return given.length === expected.length && timingSafeEqual(given, expected);
}
