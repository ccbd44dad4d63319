import {KlingError} from '../errors/kling-error.js';

interface Failure {
	code: 'connection_error' | 'timeout';
	/** What happened; `host` is put before it. */
	words: string;
	hint?: string;
	/** True when it happens before a request can have reached the server. */
	beforeSending?: boolean;
	/** True when another try would end the same. */
	hopeless?: boolean;
}

const dnsHint = 'Check the network, the DNS and the address (KLING_BASE_URL, --region).';
const tlsHint =
	'Something between you and the server may be reading the traffic; a company proxy needs its certificate in NODE_EXTRA_CA_CERTS.';

/** By the code of Node's error. */
const failures: Readonly<Record<string, Failure>> = {
	ENOTFOUND: {
		code: 'connection_error',
		words: 'the host name is unknown',
		hint: dnsHint,
		beforeSending: true,
	},
	EAI_AGAIN: {code: 'connection_error', words: 'the DNS gave no answer', hint: dnsHint, beforeSending: true},
	ECONNREFUSED: {
		code: 'connection_error',
		words: 'the connection was refused',
		hint: 'Nothing listens there: check the address and port; a sandbox must still be running.',
		beforeSending: true,
	},
	ENETUNREACH: {code: 'connection_error', words: 'the network is unreachable', beforeSending: true},
	EHOSTUNREACH: {code: 'connection_error', words: 'the host is unreachable', beforeSending: true},
	ECONNRESET: {code: 'connection_error', words: 'the connection was reset'},
	EPIPE: {code: 'connection_error', words: 'the connection was closed'},
	ERR_TOO_MANY_REDIRECTS: {code: 'connection_error', words: 'too many redirects'},
	ERR_UNSUPPORTED_PROTOCOL: {
		code: 'connection_error',
		words: 'a redirect to an unsupported protocol',
		hopeless: true,
	},
};

/** By the phase that got names in its TimeoutError. */
const phases: Readonly<Record<string, {words: string; beforeSending?: boolean}>> = {
	lookup: {words: 'the DNS lookup took too long', beforeSending: true},
	connect: {words: 'connecting took too long', beforeSending: true},
	secureConnect: {words: 'the TLS handshake took too long', beforeSending: true},
	response: {words: 'no answer came in time'},
	socket: {words: 'the connection went silent'},
};

/**
 * The KlingError for what got or Node threw, the original as its cause.
 * @param error a KlingError passes unchanged
 * @param host names the other side, never with a query
 * @param submitting true for a POST: then `maybeSubmitted` says whether the request may have arrived
 */
export function networkError(error: unknown, host: string, submitting: boolean): KlingError {
	if (error instanceof KlingError) return error;
	const {code: nodeCode, event, message} = describe(error);
	const failure = failureOf(nodeCode, event, message);
	// An open connection can lose its route, too: then the request may have arrived.
	const unsent =
		failure.beforeSending === true && (!routeErrors.has(nodeCode) || syscallOf(error) === 'connect');
	return new KlingError(failure.code, `Cannot reach ${host}: ${failure.words}`, {
		hint: failure.hint,
		retryable: failure.hopeless ? false : undefined,
		cause: error,
		maybeSubmitted: submitting && !unsent,
	});
}

function failureOf(nodeCode: string, event: string, message: string): Failure {
	const known = failures[nodeCode];
	if (known !== undefined) return known;
	if (nodeCode === 'ETIMEDOUT') {
		// Without a phase it is the kernel that gave up connecting or waiting: which of the two is unknown.
		return {code: 'timeout', ...(phases[event] ?? {words: 'it took too long'})};
	}
	if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(nodeCode)) {
		const words = `its TLS certificate is not trusted (${nodeCode})`;
		return {code: 'connection_error', words, hint: tlsHint, beforeSending: true};
	}
	return {code: 'connection_error', words: nodeCode === '' ? message : nodeCode};
}

const routeErrors = new Set(['ENETUNREACH', 'EHOSTUNREACH']);

/** The system call that failed; got keeps it on the cause of its own error. */
function syscallOf(error: unknown): unknown {
	for (let current = error; current instanceof Error; current = current.cause) {
		if ('syscall' in current) return current.syscall;
	}
	return undefined;
}

function describe(error: unknown): {code: string; event: string; message: string} {
	if (!(error instanceof Error)) return {code: '', event: '', message: String(error)};
	const {code, event} = error as Error & {code?: unknown; event?: unknown};
	return {
		code: typeof code === 'string' ? code : '',
		event: typeof event === 'string' ? event : '',
		message: error.message,
	};
}
