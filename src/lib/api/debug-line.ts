import {KlingError} from '../errors/kling-error.js';
import type {ReplyFacts} from './reply.js';

interface Sent {
	method: string;
	url: URL;
	status: number | undefined;
	facts?: ReplyFacts | undefined;
	/** The error, if the request failed. */
	failure?: unknown;
	/** How long it took. */
	ms: number;
	attempt?: number;
}

/** The `--debug` line for one request. It never contains a header, a body or the query of a link. */
export function debugLine({method, url, status, facts, failure, ms, attempt}: Sent): string {
	const error =
		failure instanceof KlingError ? failure.code : failure === undefined ? undefined : 'internal_error';
	const fields = {
		status: status ?? 'none',
		code: facts?.code,
		request_id: facts?.requestId,
		ms: Math.round(ms),
		attempt,
		error,
	};
	const known = Object.entries(fields).filter(([, value]) => value !== undefined);
	return [method, url.host + url.pathname, ...known.map(([name, value]) => `${name}=${value}`)].join(' ');
}
