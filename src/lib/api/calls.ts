import {errorRow} from '../errors/error-table.js';
import {KlingError} from '../errors/kling-error.js';
import {createNetwork, type Network} from '../net/network.js';
import {fullJitter} from '../system/backoff.js';
import type {Clock} from '../system/clock.js';
import {clockHint, waitable} from './api-errors.js';
import {debugLine} from './debug-line.js';
import {createExchange} from './exchange.js';
import type {Reply} from './received.js';
import {type Read, type ReplyFacts, readReply} from './reply.js';
import {retryBudget} from './retry-budget.js';
import {serverClock} from './server-clock.js';
import {bearerToken, type Credentials} from './token.js';

export interface CallOptions {
	credentials: Credentials;
	/** Where the keys come from, for errors. */
	keysFrom?: string | undefined;
	clock: Clock;
	/** Default: a network with default settings. */
	network?: Network;
	/** At least 0 and below 1; spreads the retries. */
	random?: () => number;
	/** Called with messages for the user while the work continues. */
	warn?: (text: string) => void;
}

const attempts = 3;
/** Milliseconds. */
const backoff = {firstMs: 500};
const maxRetryAfterMs = 60_000;
/** Pauses from this length on are announced; only a server asks for them. */
const notedWaitMs = 5000;

/** One request to send. */
interface Call<T> {
	method: 'GET' | 'POST';
	url: URL;
	read: Read<T>;
	/** Body of a POST, as JSON text. */
	body?: string | undefined;
	attempt: number;
	signal?: AbortSignal | undefined;
	until?: AbortSignal | undefined;
}

/** Sends requests to one account: signed, timed, and retried where that is safe. */
export interface Calls {
	/**
	 * Sends a request once, and a second time only if its token was refused because of a wrong clock. Such a
	 * refusal of a POST makes no task.
	 */
	once<T>(call: Call<T>): Promise<T>;
	/**
	 * Sends a request that changes nothing, and retries it where that can help.
	 * @param minWaitMs minimum milliseconds between two attempts
	 */
	retried<T>(call: Omit<Call<T>, 'attempt' | 'until'>, minWaitMs?: number): Promise<T>;
}

export function createCalls({
	credentials,
	keysFrom,
	clock,
	network = createNetwork(),
	random = Math.random,
	warn = () => {},
}: CallOptions): Calls {
	const time = serverClock(clock, warn);
	const budget = retryBudget();
	const exchange = createExchange(network);
	// Tokens made within the same second are identical.
	let signed: {second: number; token: Promise<string>} | undefined;
	const token = () => {
		const second = Math.floor(time.now() / 1000);
		if (signed?.second !== second) signed = {second, token: bearerToken(credentials, time.now())};
		return signed.token;
	};

	const once = async <T>({method, url, read, attempt, body, signal, until}: Call<T>): Promise<T> => {
		for (let again = false; ; again = true) {
			const {offsetMs} = time;
			const start = clock.now();
			let reply: Reply | undefined;
			let facts: ReplyFacts | undefined;
			let failure: unknown;
			try {
				reply = await exchange({
					...{method, url, token: await token(), body, signal, until},
					clock,
				});
				return readReply(reply, read, (seen) => {
					facts = seen;
				});
			} catch (error) {
				failure = error;
				const refusal = clockRefusal(error, reply);
				if (refusal === undefined || 'apiKey' in credentials) {
					throw withEvidence(withKeys(error, keysFrom), method, reply);
				}
				const why = again ? 'A second token was refused as well.' : time.correct(reply?.date, offsetMs);
				if (why !== undefined) throw refusal.with({hint: `${clockHint} ${why}`});
			} finally {
				network.debug?.(
					debugLine({
						method,
						url,
						status: reply?.status,
						facts,
						failure,
						ms: clock.now() - start,
						attempt: attempt + Number(again),
					}),
				);
			}
		}
	};

	const retried = async <T>(request: Omit<Call<T>, 'attempt' | 'until'>, minWaitMs = 0): Promise<T> => {
		const {signal} = request;
		for (let attempt = 1; ; attempt++) {
			try {
				const result = await once({...request, attempt});
				budget.succeeded(attempt > 1);
				return result;
			} catch (error) {
				const wait = attempt < attempts ? backoffMs(error, attempt, random) : undefined;
				if (wait === undefined || !budget.take()) throw error;
				if (wait >= notedWaitMs) {
					warn(`The server asks to wait: the request is sent again in ${Math.ceil(wait / 1000)} s`);
				}
				await clock.sleep(Math.max(wait, minWaitMs), signal);
			}
		}
	};

	return {once, retried};
}

/** The error, if it is Kling's refusal of a token for its timestamps. */
function clockRefusal(error: unknown, reply: Reply | undefined): KlingError | undefined {
	const refused = error instanceof KlingError && reply?.status === 401;
	return refused && [1003, 1004].includes(error.details.api_code ?? 0) ? error : undefined;
}

/** Tells users whose keys were refused where those keys come from. */
function withKeys(error: unknown, keysFrom: string | undefined): unknown {
	if (!(error instanceof KlingError) || error.code !== 'invalid_api_key' || keysFrom === undefined)
		return error;
	return error.with({
		hint: `The keys come from ${keysFrom}. ${error.details.hint ?? errorRow(error.code).hint}`,
	});
}

/** A submission has no --type to check: Kling does not find something that the request refers to. */
const unknownIdHint =
	'Check the ids that the command line names: Kling deletes tasks and their results after 30 days.';

/** Adds to the error of a submission whether a task may have been made. */
function withEvidence(error: unknown, method: string, reply: Reply | undefined): unknown {
	if (method === 'GET' || reply === undefined || !(error instanceof KlingError)) return error;
	const {hint = error.code === 'task_not_found' ? unknownIdHint : undefined} = error.details;
	return error.with({maybeSubmitted: !refused(reply, error), hint});
}

/**
 * Whether a response to a submission means that no task was made: a business code below 5000. After any other
 * response a task may exist, since anything between this machine and Kling may have replaced the response.
 * Source: docs/kling-api.md §9.
 */
function refused(reply: Reply, {details: {api_code}}: KlingError): boolean {
	// Gateways use codes of their own, and return 408 or 5xx for requests that they may have forwarded.
	if (reply.status >= 500 || reply.status === 408) return false;
	return api_code !== undefined && api_code >= 1000 && api_code < 5000;
}

/** Milliseconds before a read is retried, or undefined when a retry cannot help. */
function backoffMs(error: unknown, attempt: number, random: () => number): number | undefined {
	if (!(error instanceof KlingError) || !error.retryable) return undefined;
	const {api_code} = error.details;
	if (error.code === 'rate_limit' && api_code !== undefined && !waitable.has(api_code)) return undefined;
	if (error.retryAfterMs !== undefined) return Math.min(error.retryAfterMs, maxRetryAfterMs);
	return fullJitter(backoff, attempt, random);
}
