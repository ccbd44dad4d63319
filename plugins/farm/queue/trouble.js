import {KlingError} from 'kling-cli';

const defaultHint = 'Check that the server is running, and the address and password in KLING_FARM_QUEUE.';

/** Messages of servers and TLS, each with its error code and hint. */
const reasons = [
	{
		pattern: /WRONGPASS|NOAUTH|NOPERM|password|28P01|28000/i,
		code: 'permission_denied',
		hint: 'Check the user and the password in KLING_FARM_QUEUE; special characters are written as %XX.',
	},
	{
		pattern: /certificate|self-signed|CERT_/i,
		code: 'connection_error',
		hint: 'Give Node the certificate of your authority: export NODE_EXTRA_CA_CERTS=FILE',
	},
];

/**
 * @param {string} shown the address without its password
 * @param {Error} error why the first connection failed
 */
export function cannotReach(shown, error) {
	const text = reasonOf(error);
	const {code, hint} = reasons.find(({pattern}) => pattern.test(`${error.code} ${text}`)) ?? {
		code: 'connection_error',
		hint: defaultHint,
	};
	const verb = code === 'permission_denied' ? 'refuses the connection' : 'cannot be reached';
	return new KlingError(code, `The queue at ${shown} ${verb}: ${text}`, {hint, cause: error});
}

export const removesJobs = (shown) =>
	new KlingError(
		'conflicting_input',
		`The Redis at ${shown} removes jobs and budgets when its memory is full`,
		{
			hint: 'Set this in redis.conf, or with redis-cli: CONFIG SET maxmemory-policy noeviction',
		},
	);

const reasonOf = (error) =>
	error instanceof AggregateError ? error.errors.map(({message}) => message).join(', ') : error.message;
