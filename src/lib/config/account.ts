import {createHash} from 'node:crypto';
import type {Credentials} from '../api/token.js';
import {resolveBaseUrl, resolveCredentials} from './credentials.js';
import type {Region} from './regions.js';

/** Who asks whom. */
export interface Account {
	baseUrl: URL;
	credentials: Credentials;
	/** Tells accounts apart without telling the key. */
	fingerprint: string;
}

/**
 * The account that the environment names.
 * @throws KlingError `missing_api_key`, `invalid_api_key`, `invalid_config`, `conflicting_input`
 */
export function resolveAccount(env: NodeJS.ProcessEnv, region: Region | undefined): Account {
	const credentials = resolveCredentials(env);
	// An access key is no secret; of an API key only this much of a hash is ever kept.
	const key = 'apiKey' in credentials ? credentials.apiKey : credentials.accessKey;
	return {
		credentials,
		baseUrl: resolveBaseUrl(env, region),
		fingerprint: createHash('sha256').update(key).digest('hex').slice(0, 16),
	};
}
