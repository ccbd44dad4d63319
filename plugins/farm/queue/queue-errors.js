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
		pattern: /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/,
		code: 'connection_error',
		hint: "Check the date and time of this machine first, then the server's certificate.",
	},
	{
		pattern: /ALTNAME/,
		code: 'connection_error',
		hint: 'Check the host in KLING_FARM_QUEUE or --queue: it must be one that the certificate names.',
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

/** A server that takes nothing more for now: its memory or disk is full, or it has too many connections. */
const full =
	/\bOOM\b|MISCONF|No space left|disk full|out of memory|too many clients|connection slots|NOREPLICAS|53[123]00/;

const gone =
	/connect|ECONN|EPIPE|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|socket|terminat|closed|timeout|shutting down|starting up|LOADING|READONLY|not answer|recovery/i;

/** Redis names the script and its line. */
const withoutScript = (message) => message.replace(/\.? script: .*$/s, '').replace(/\.$/, '');

const textOf = (error) => `${error?.code ?? ''} ${error?.message ?? ''}`;

/** Whether an error of a queue server is about the server and passes, so that the same request can be repeated. */
export const isOfServer = (error) =>
	!(error instanceof KlingError) && (gone.test(textOf(error)) || full.test(textOf(error)));

/** Whether an error, perhaps one that was reported with its cause, means that the server takes nothing more for now. */
export const isFull = (error) => full.test(textOf(error instanceof KlingError ? error.cause : error));

/**
 * @param {string} shown the address without its password
 * @param {unknown} error thrown while the queue was used
 * @returns the error to report: another one if it is about the server
 */
export function queueErrorOf(shown, error) {
	if (!isOfServer(error)) return error;
	if (!full.test(textOf(error))) return cannotReach(shown, error);
	return new KlingError(
		'connection_error',
		`The queue at ${shown} takes nothing for now: ${withoutScript(error.message)}`,
		{
			hint: 'Give the server more memory or disk. Then remove jobs that were done: kling farm clean --older 7d',
			cause: error,
		},
	);
}

export const evictionError = (shown) =>
	new KlingError(
		'conflicting_input',
		`The Redis at ${shown} removes jobs and budgets when its memory is full`,
		{
			hint: 'Set this in redis.conf, or with redis-cli: CONFIG SET maxmemory-policy noeviction',
		},
	);

const reasonOf = (error) =>
	error instanceof AggregateError ? error.errors.map(({message}) => message).join(', ') : error.message;
