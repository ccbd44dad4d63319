import {randomBytes} from 'node:crypto';
import jwt from 'jsonwebtoken';
import {type Reply, refusals} from './reply.js';

export interface Keys {
	accessKey: string;
	secretKey: string;
	apiKey: string;
}

/** Keys that work only with one sandbox, so that they can never be mistaken for real ones. */
export function makeKeys(): Keys {
	return {
		accessKey: `sandbox-${randomBytes(12).toString('hex')}`,
		secretKey: randomBytes(24).toString('base64url'),
		apiKey: `api-key-kling-sandbox-${randomBytes(16).toString('hex')}`,
	};
}

// docs/kling-api.md §15
const newerPaths = [
	'/tasks',
	'/solutions',
	'/text-to-video',
	'/image-to-video',
	'/omni-video',
	'/motion-control',
];

const newerPathsText =
	'Authentication error. The current API does not support AK/SK; please go to the console (https://kling.ai/dev/api-key) to create API key.';

const isNewer = (path: string) => newerPaths.some((newer) => path === newer || path.startsWith(`${newer}/`));

// Kling verifies with java-jwt, which compares times like this.
function countParts(token: string): string {
	const dots = token.split('.').length - 1;
	return dots === 0 ? '0' : dots === 1 ? '2' : '> 3';
}

// jsonwebtoken returns null for some tokens that are not JWTs, throws for others, and accepts a bare `1` as claims.
function claimsOf(token: string): jwt.JwtPayload | undefined {
	try {
		const claims: unknown = jwt.decode(token, {json: true});
		return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? claims : undefined;
	} catch {
		return undefined;
	}
}

function checkToken(token: string, keys: Keys, nowMs: number): Reply | undefined {
	if (token.split('.').length !== 3) {
		return refusals.authorizationInvalid(
			`The token was expected to have 3 parts, but got ${countParts(token)}`,
		);
	}
	const claims = claimsOf(token);
	if (!claims) return refusals.authorizationInvalid();
	if (claims.iss !== keys.accessKey) return refusals.authenticationFailed();
	try {
		jwt.verify(token, keys.secretKey, {algorithms: ['HS256'], ignoreExpiration: true, ignoreNotBefore: true});
	} catch {
		return refusals.authenticationFailed();
	}
	const seconds = Math.floor(nowMs / 1000);
	if (claims.nbf !== undefined && claims.nbf > seconds) return refusals.notYetValid();
	// A token that never expires is not what the documentation describes, so a client that makes one should find out.
	if (typeof claims.exp !== 'number') return refusals.authorizationInvalid();
	return claims.exp <= seconds ? refusals.expired() : undefined;
}

/**
 * Checks an Authorization header as Kling does (docs/kling-api.md §2): undefined if it is good, otherwise the refusal.
 * `nowMs` is the server's clock, Unix ms.
 */
export function authenticate(
	header: string | undefined,
	path: string,
	keys: Keys,
	nowMs: number,
): Reply | undefined {
	const token = header?.match(/^Bearer (\S+)$/)?.[1];
	if (token === keys.apiKey) return undefined;
	if (isNewer(path)) return refusals.authorizationInvalid(newerPathsText);
	if (header === undefined || header === '' || header === 'Bearer') return refusals.authorizationEmpty();
	return token === undefined ? refusals.authorizationInvalid() : checkToken(token, keys, nowMs);
}
