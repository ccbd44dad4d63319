import {createHmac} from 'node:crypto';
import type {Credentials} from './token.js';

/** Keeps a seal from being mistaken for a signature with another purpose. */
const purpose = 'kling-cli seal 1';

/**
 * Seals a text. Only holders of the same key can make the same seal, and it does not reveal the key.
 * @returns 64 hexadecimal digits
 */
export function sealOf(credentials: Credentials, text: string): string {
	const secret = 'apiKey' in credentials ? credentials.apiKey : credentials.secretKey;
	const key = createHmac('sha256', secret).update(purpose).digest();
	return createHmac('sha256', key).update(text).digest('hex');
}
