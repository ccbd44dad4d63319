import type {Got} from 'got';
import {KlingError} from '../errors/kling-error.js';
import type {RouteOptions} from '../net/agents.js';

/** Milliseconds. Public reports show that 5 s to connect are too few for Kling (docs/kling-api.md §16). */
const timeouts = {lookup: 10_000, connect: 10_000, secureConnect: 10_000, response: 30_000, socket: 30_000};

const maxRedirects = 5;

/** User agent, for the servers' logs. */
export const userAgent = 'kling-cli';

/** What is the same for all requests of a kind to one origin, so that got checks it only once. */
export const extended = (got: Got, method: 'GET' | 'POST', {agent, timeout}: RouteOptions): Got =>
	got.extend({
		method,
		agent,
		headers: {'user-agent': userAgent, accept: 'application/json'},
		throwHttpErrors: false,
		// Retrying is left to callers, who know the business codes.
		retry: {limit: 0},
		timeout: {...timeouts, ...timeout},
		// Whatever NODE_TLS_REJECT_UNAUTHORIZED says: the request carries keys.
		https: {rejectUnauthorized: true},
		// got would decompress without a size limit.
		decompress: false,
		followRedirect: method === 'GET',
		maxRedirects,
		hooks: {
			beforeRedirect: [
				(next, {request: {requestUrl}}) =>
					checkRedirect(requestUrl, next.url instanceof URL ? next.url : undefined),
			],
		},
	});

/** Refuses redirects to another origin: a reply from there proves nothing about a task here. */
function checkRedirect(from: URL | undefined, to: URL | undefined): void {
	if (to !== undefined && to.origin === from?.origin) return;
	const where = to?.host ? to.host : 'an address that is not http';
	throw new KlingError('connection_error', `${from?.host} redirects to ${where}, which is not followed`, {
		retryable: false,
		hint: 'The API never redirects elsewhere: check KLING_BASE_URL, and any proxy or sign-in page of the network.',
	});
}
