import {createHmac, randomBytes, randomInt} from 'node:crypto';
import type {Clock} from './clock.js';

/** The secrets of one sandbox's account, and what they sign (docs/kling-api.md §11). */
export interface WebhookSigning {
	/** `whsec_` and Base64. */
	secret(): string;
	/** Creates another secret. The old one also signs for seven days, or stops at once in an emergency. */
	rotate(emergency?: boolean): string;
	/** The headers of a delivery; `id` names the delivery, not the task. */
	headers(id: string, body: string): Record<string, string>;
	/** A new id for a delivery. */
	deliveryId(): string;
}

const rotationMs = 7 * 24 * 3_600_000;

const makeSecret = () => `whsec_${randomBytes(24).toString('base64')}`;

export function sign(secret: string, id: string, seconds: number, body: string): string {
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
	return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

export function makeWebhookSigning(clock: Clock): WebhookSigning {
	let current = makeSecret();
	let old: {secret: string; until: number} | undefined;
	return {
		secret: () => current,
		rotate(emergency = false) {
			const now = clock.now();
			old = emergency ? undefined : {secret: current, until: clock.after(now, rotationMs)};
			current = makeSecret();
			return current;
		},
		headers(id, body) {
			const now = clock.now();
			const seconds = Math.floor(now / 1000);
			const secrets = [current, ...(old && now < old.until ? [old.secret] : [])];
			return {
				'webhook-id': id,
				'webhook-timestamp': String(seconds),
				'webhook-signature': secrets.map((secret) => sign(secret, id, seconds, body)).join(' '),
			};
		},
		deliveryId: () => `7${Array.from({length: 17}, () => randomInt(10)).join('')}`,
	};
}
