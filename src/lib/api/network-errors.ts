import {KlingError} from '../errors/kling-error.js';
import {anyHostHints, certificateProblem, otherHost, tlsHint} from './certificate-errors.js';

interface Failure {
	code: 'connection_error' | 'timeout';
	/** What happened, to follow the name of `host`. */
	words: string;
	hint?: string;
	/** True when another attempt would fail the same way. */
	hopeless?: boolean;
}

const dnsHint = 'Check the network, the DNS and the address (KLING_BASE_URL, --region).';
const noTlsHint =
	'Something other than the Kling API may be listening there: check the address and the port.';
const refusedHint =
	'Nothing listens there: check the address, which KLING_BASE_URL or the profile in use names (kling auth status). A sandbox must still be running.';

/** Hints about the API's address. For other hosts they are replaced. */
const apiHints: ReadonlySet<string> = new Set([dnsHint, noTlsHint, refusedHint, otherHost.hint]);
const linkHint =
	'The address is that of a link, not of the API: check the network, then run the command again, which asks for a fresh link.';

/** Failures by Node's error code. */
const failures: Readonly<Record<string, Failure>> = {
	ENOTFOUND: {code: 'connection_error', words: 'the host name is unknown', hint: dnsHint},
	EAI_AGAIN: {code: 'connection_error', words: 'the DNS did not respond', hint: dnsHint},
	ECONNREFUSED: {
		code: 'connection_error',
		words: 'the connection was refused',
		hint: refusedHint,
	},
	ENETUNREACH: {code: 'connection_error', words: 'the network is unreachable'},
	EHOSTUNREACH: {code: 'connection_error', words: 'the host is unreachable'},
	EMFILE: {
		code: 'connection_error',
		words: 'too many open files',
		hint: 'Let the shell open more files, then run the command again: ulimit -n 1024',
	},
	ECONNRESET: {code: 'connection_error', words: 'the connection was reset'},
	NO_HTTP: {code: 'connection_error', words: 'what it sends is not HTTP'},
	EPIPE: {code: 'connection_error', words: 'the connection was closed'},
	ERR_TOO_MANY_REDIRECTS: {code: 'connection_error', words: 'too many redirects'},
	ERR_UNSUPPORTED_PROTOCOL: {
		code: 'connection_error',
		words: 'a redirect to an unsupported protocol',
		hopeless: true,
	},
};

/** Failures by the phase in got's TimeoutError. */
const phases: Readonly<Record<string, string>> = {
	lookup: 'the DNS lookup took too long',
	connect: 'connecting took too long',
	secureConnect: 'the TLS handshake took too long',
	response: 'no response came in time',
	socket: 'the connection went silent',
	request: 'the whole response did not come within --request-timeout',
};

/** Failures by the HTTP status with which a proxy refuses a tunnel. */
const refusals: Readonly<Record<number, {words: string; hint: string}>> = {
	407: {
		words: 'it requires other credentials (HTTP 407)',
		hint: 'Put them into HTTPS_PROXY, in front of the host, as USER:PASSWORD@HOST with special characters as %XX.',
	},
	403: {
		words: 'it does not let this address through (HTTP 403)',
		hint: 'Ask whoever runs the proxy to allow the address, or name it in NO_PROXY if it can be reached without.',
	},
};
const proxyHint = 'Check HTTPS_PROXY; NO_PROXY lists the hosts that are reached without a proxy.';
const plainProxyHint =
	'Most proxies are reached without TLS: try http:// instead of https:// in HTTPS_PROXY, and check the port.';
const otherProxyHint =
	'Check the host in HTTPS_PROXY: it must be one that the certificate of the proxy names.';
/** For the proxy, hints that replace those for the same failure of the API. */
const proxyHints: ReadonlyMap<string | undefined, string> = new Map([
	[noTlsHint, plainProxyHint],
	[otherHost.hint, otherProxyHint],
]);

/**
 * Converts an error of got or Node to a KlingError with the original as its cause. A KlingError is returned
 * unchanged.
 * @param host names the server, never with a query
 * @param evidence for a POST: whether it may have arrived, or certainly did not
 */
export function networkError(
	error: unknown,
	host: string,
	evidence: {maybeSubmitted?: boolean; neverSent?: boolean} = {},
): KlingError {
	return toError(error, host, evidence, (hint) => hint);
}

/**
 * Like `networkError`, for the host of a link. No setting of kling controls that address, so no hint mentions
 * one.
 * @param host names the server, never with a query
 */
export function linkError(error: unknown, host: string): KlingError {
	return toError(error, host, {}, (hint) => (hint !== undefined && apiHints.has(hint) ? linkHint : hint));
}

function toError(
	error: unknown,
	host: string,
	evidence: {maybeSubmitted?: boolean; neverSent?: boolean},
	hintFor: (hint: string | undefined) => string | undefined,
): KlingError {
	const known = klingErrorIn(error);
	if (known) return known;
	const {words, code, hint, hopeless} = proxyFailure(error) ?? failureOf(error);
	return new KlingError(code, `Cannot reach ${host}${words}`, {
		hint: hintFor(hint),
		retryable: hopeless ? false : undefined,
		cause: error,
		...evidence,
	});
}

/** got wraps what its hooks throw. */
function klingErrorIn(error: unknown): KlingError | undefined {
	return causes(error).find((cause) => cause instanceof KlingError);
}

/**
 * The proxy's own failure. It is recognized by name, because its module is loaded only when there is a proxy.
 */
function proxyFailure(error: unknown): Failure | undefined {
	const found = causes(error).find(({name}) => name === 'ProxyError');
	if (found === undefined) return undefined;
	const {proxy, reason} = found as Error & {proxy: string; reason: number | string};
	const via = ` through the proxy ${proxy}: `;
	if (typeof reason === 'number') {
		const {words, hint} = refusals[reason] ?? {words: `it returned HTTP ${reason}`, hint: proxyHint};
		// A proxy that is overloaded, or cannot reach the server just now, may recover.
		return {code: 'connection_error', words: via + words, hint, hopeless: reason < 500};
	}
	if (reason === 'ETIMEDOUT') {
		return {code: 'timeout', words: `${via}it did not open the connection in time`, hint: proxyHint};
	}
	const message = found.cause instanceof Error ? found.cause.message : '';
	const failure = failures[reason] ?? otherFailure(reason, '', message);
	const {hint} = failure;
	const isAnyHost = hint !== undefined && anyHostHints.has(hint);
	return {
		...failure,
		words: via + failure.words,
		hint: isAnyHost ? hint : (proxyHints.get(hint) ?? proxyHint),
	};
}

function failureOf(error: unknown): Failure {
	const {code: nodeCode, event, message} = describe(error);
	const failure = failures[nodeCode] ?? otherFailure(nodeCode, event, message);
	const handshake = nodeCode === 'ECONNRESET' && message.includes('before secure TLS connection');
	const words = handshake ? 'the connection was closed during the TLS handshake' : failure.words;
	return {...failure, words: `: ${words}`};
}

function otherFailure(nodeCode: string, event: string, message: string): Failure {
	if (nodeCode === 'ETIMEDOUT') {
		// Without a phase, the kernel gave up; whether while connecting or while waiting is unknown.
		return {code: 'timeout', words: phases[event] ?? 'it took too long'};
	}
	const certificate = certificateProblem(nodeCode);
	if (certificate) {
		const words = `its TLS certificate ${certificate.words} (${nodeCode})`;
		return {code: 'connection_error', words, hint: certificate.hint, hopeless: true};
	}
	if (/wrong version number|packet length too long|http request/i.test(message)) {
		return {code: 'connection_error', words: 'it does not speak TLS', hint: noTlsHint, hopeless: true};
	}
	if (nodeCode.startsWith('HPE_')) {
		return {code: 'connection_error', words: `what it sends is not HTTP (${nodeCode})`, hint: noTlsHint};
	}
	if (/unix (domain )?socket/i.test(message)) {
		return {code: 'connection_error', words: 'a redirect to a socket of this machine', hopeless: true};
	}
	if (nodeCode === 'EPROTO' || nodeCode.startsWith('ERR_SSL_')) {
		return {code: 'connection_error', words: `TLS failed (${nodeCode})`, hint: tlsHint};
	}
	return {code: 'connection_error', words: nodeCode === '' ? message : nodeCode};
}

/** An error and its chain of causes. */
function causes(error: unknown): Error[] {
	const found: Error[] = [];
	for (let current = error; current instanceof Error && found.length < 8; current = current.cause) {
		found.push(current);
	}
	return found;
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
