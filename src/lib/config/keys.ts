import type {Credentials} from '../api/token.js';

/** Keys in the form used in files, input and the keychain. */
export type Keys = {access_key: string; secret_key: string} | {api_key: string};

export const toCredentials = (keys: Keys): Credentials =>
	'api_key' in keys ? {apiKey: keys.api_key} : {accessKey: keys.access_key, secretKey: keys.secret_key};

/** The secret value among the keys. */
export const secretOf = (keys: Keys): string => ('api_key' in keys ? keys.api_key : keys.secret_key);

/**
 * A form in which owners can recognize their keys: the last four characters, if the key is long enough to
 * keep the rest secret.
 */
export function masked(keys: Keys): string {
	const key = 'api_key' in keys ? keys.api_key : keys.access_key;
	return `****${key.length >= 12 ? key.slice(-4) : ''}`;
}
