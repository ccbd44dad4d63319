import {createHash} from 'node:crypto';
import {KlingError} from '../errors/kling-error.js';

/** A secret that signs deliveries. */
export interface Secret {
	key: Buffer;
	/** Identifies secrets without revealing them. */
	fingerprint: string;
}

const secretPrefix = 'whsec_';

type Environment = Readonly<Record<string, string | undefined>>;

const wordsIn = (env: Environment, name: string): string[] =>
	(Object.hasOwn(env, name) ? (env[name] ?? '') : '').split(/\s+/).filter((word) => word !== '');

/**
 * The secrets in an environment variable: one, or several separated by spaces while they are being rotated.
 * @param name of the variable
 * @returns no secrets if the variable is not set
 * @throws KlingError `invalid_webhook_secret`, which shows no value
 */
export function secretsIn(env: Environment, name: string): Secret[] {
	return wordsIn(env, name).map((word) => {
		const base64 = word.slice(secretPrefix.length);
		const isValid = word.startsWith(secretPrefix) && /^[A-Za-z\d+/]{8,512}={0,2}$/.test(base64);
		if (!isValid) {
			throw new KlingError('invalid_webhook_secret', `${name} does not contain a Kling webhook secret`);
		}
		const fingerprint = createHash('sha256').update(word).digest('hex').slice(0, 12);
		return {key: Buffer.from(base64, 'base64'), fingerprint};
	});
}

/** @throws KlingError `missing_webhook_secret` if the variable is empty; otherwise like secretsIn */
export function requireSecrets(env: Environment, name: string): [Secret, ...Secret[]] {
	const [first, ...others] = secretsIn(env, name);
	if (first) return [first, ...others];
	throw new KlingError('missing_webhook_secret', `${name} is not set`);
}

/** Values in an environment that must be hidden because they are webhook secrets. */
export const webhookSecretValues = (env: Environment, name: string): string[] => wordsIn(env, name);
