import type {Credentials} from '../api/token.js';
import {sha256} from '../system/sha256.js';
import {masked} from './keys.js';
import {type Region, regions} from './regions.js';

/** What distinguishes one account from another. */
export interface Identity {
	credentials: Credentials;
	/** Distinguishes accounts without revealing the key. */
	fingerprint: string;
	/** Whether the keys belong to a sandbox. */
	isSandbox: boolean;
	/** The part of the key that may be shown. */
	key: string;
}

export function identify(credentials: Credentials): Identity {
	return {
		credentials,
		fingerprint: fingerprintOf(credentials),
		isSandbox: sandboxKey.test(nameOf(credentials)),
		key: masked({api_key: nameOf(credentials)}),
	};
}

/** The start of sandbox keys. */
const sandboxKey = /^(sandbox-|api-key-kling-sandbox-)[\da-f]{24}/;

const nameOf = (credentials: Credentials) =>
	'apiKey' in credentials ? credentials.apiKey : credentials.accessKey;

/** Distinguishes accounts. An access key is not secret; of an API key, only part of a hash is kept. */
export const fingerprintOf = (credentials: Credentials): string => sha256(nameOf(credentials)).slice(0, 16);

/** The region with this address, or undefined for a custom address. */
export const regionOf = (address: URL): Region | undefined =>
	(Object.keys(regions) as Region[]).find((region) => new URL(regions[region]).href === address.href);
