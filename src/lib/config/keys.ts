import type {Credentials} from '../api/token.js';

/** Keys as our files, our input and the keychain write them. */
export type Keys = {access_key: string; secret_key: string} | {api_key: string};

export const toCredentials = (keys: Keys): Credentials =>
	'api_key' in keys ? {apiKey: keys.api_key} : {accessKey: keys.access_key, secretKey: keys.secret_key};

/** The values among keys that nobody may see. */
export const secretOf = (keys: Keys): string => ('api_key' in keys ? keys.api_key : keys.secret_key);

/** How owners recognize their keys: the last four characters, if the key is long enough to keep the rest secret. */
export function masked(keys: Keys): string {
	const key = 'api_key' in keys ? keys.api_key : keys.access_key;
	return `****${key.length >= 12 ? key.slice(-4) : ''}`;
}
