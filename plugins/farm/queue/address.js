import {KlingError} from 'kling-cli';

/** The variable that holds the address, password included. */
export const addressVariable = 'KLING_FARM_QUEUE';

const kinds = {
	'redis:': 'redis',
	'rediss:': 'redis',
	'postgres:': 'postgres',
	'postgresql:': 'postgres',
};

/** Hosts that are reached without a network. */
const isLocal = (host) => host === '' || host === 'localhost' || host === '[::1]' || host.startsWith('127.');

/**
 * The address of the queue: from --queue, with the password from the environment, or all of it from the environment.
 * @param {string | undefined} flag
 * @param {NodeJS.ProcessEnv} env
 * @returns {{kind: 'redis' | 'postgres', url: URL, shown: string, secrets: string[], isOpen: boolean}} `shown` holds no password;
 * `isOpen` is true if the connection leaves this machine and is not encrypted
 * @throws {KlingError} `invalid_flag` for an address that is missing or unusable, or a password in the flag
 */
export function queueAddress(flag, env) {
	const text = flag ?? env[addressVariable];
	if (!text) {
		throw new KlingError('invalid_flag', 'The address of the queue is missing', {
			hint: `Add --queue redis://HOST or --queue postgres://HOST/DATABASE, or set ${addressVariable}.`,
		});
	}
	const url = parse(text, flag === undefined ? addressVariable : '--queue');
	const kind = kinds[url.protocol];
	if (kind === undefined) {
		throw new KlingError('invalid_flag', `A queue cannot be reached by ${url.protocol}`, {
			hint: 'Use redis://, rediss:// (TLS) or postgres://.',
		});
	}
	if (flag !== undefined && url.password !== '') {
		throw new KlingError(
			'invalid_flag',
			'--queue holds a password, which everyone on this machine can read',
			{
				hint: `Put the whole address into the variable ${addressVariable}, and leave --queue out.`,
			},
		);
	}
	// The host is on the command line and the password in the environment.
	if (flag !== undefined && env.KLING_FARM_PASSWORD)
		url.password = encodeURIComponent(env.KLING_FARM_PASSWORD);
	return {kind, url, shown: shown(url), secrets: secretsOf(url), isOpen: isOpen(kind, url)};
}

function parse(text, source) {
	try {
		return new URL(text);
	} catch {
		throw new KlingError('invalid_flag', `${source} is not the address of a queue`, {
			hint: 'Write redis://HOST:6379 or postgres://HOST:5432/DATABASE.',
		});
	}
}

function shown(url) {
	const copy = new URL(url);
	copy.password = '';
	copy.search = '';
	return copy.href;
}

const secretsOf = ({password}) => (password === '' ? [] : [decodeURIComponent(password), password]);

const isOpen = (kind, url) =>
	!isLocal(url.hostname) &&
	(kind === 'redis'
		? url.protocol !== 'rediss:'
		: !/require|verify/.test(url.searchParams.get('sslmode') ?? ''));
