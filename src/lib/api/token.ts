/** A key pair signs a fresh token for each request; an API key is itself the token. */
export type Credentials = {accessKey: string; secretKey: string} | {apiKey: string};

/** Lifetime of a token, and how far in the past it starts, in seconds. Source: docs/kling-api.md §2. */
export const lifetimeSeconds = 1800;
const backdateSeconds = 5;

/**
 * The bearer token for one request.
 * @param credentials key pair or API key
 * @param nowMs Unix milliseconds
 * @returns the API key unchanged, or a JWT: HS256 with `iss`, `exp`, `nbf` and no `iat`
 */
export async function bearerToken(credentials: Credentials, nowMs: number): Promise<string> {
	if ('apiKey' in credentials) return credentials.apiKey;
	const [{createSecretKey}, {default: jwt}] = await Promise.all([
		import('node:crypto'),
		import('jsonwebtoken'),
	]);
	const nowSeconds = Math.floor(nowMs / 1000);
	// The key is the text of the secret, not decoded Base64. A KeyObject signs 40 times faster than a string.
	const key = createSecretKey(Buffer.from(credentials.secretKey, 'utf8'));
	const claims = {
		iss: credentials.accessKey,
		exp: nowSeconds + lifetimeSeconds,
		nbf: nowSeconds - backdateSeconds,
	};
	return jwt.sign(claims, key, {algorithm: 'HS256', noTimestamp: true});
}
