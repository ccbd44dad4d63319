import {errorRow} from '../errors/error-table.js';
import {KlingError} from '../errors/kling-error.js';
import {createNetwork, type Network} from '../net/network.js';
import {fullJitter} from '../system/backoff.js';
import type {Clock} from '../system/clock.js';
import {clockHint, waitable} from './api-errors.js';
import {debugLine} from './debug-line.js';
import {createExchange, type Reply} from './exchange.js';
import {type Read, type ReplyFacts, readReply} from './reply.js';
import {retryBudget} from './retry-budget.js';
import {serverClock} from './server-clock.js';
import {bearerToken, type Credentials} from './token.js';

export interface CallOptions {
	credentials: Credentials;
	/** Where they are from, for errors. */
	keysFrom?: string | undefined;
	clock: Clock;
	/** Left out, one without settings of its own. */
	network?: Network;
	/** From 0 up to 1, spreads the retries. */
	random?: () => number;
	/** Gets what the user should know while the work continues. */
	warn?: (text: string) => void;
}

const attempts = 3;
/** Milliseconds. */
const backoff = {firstMs: 500};
const maxRetryAfterMs = 60_000;

/** One request as it is sent. */
interface Call<T> {
	method: 'GET' | 'POST';
	url: URL;
	read: Read<T>;
	/** JSON text of a POST. */
	body?: string | undefined;
	attempt: number;
	signal?: AbortSignal | undefined;
	until?: AbortSignal | undefined;
}

/** Sends requests to one account: signed, timed, and repeated where that is safe. */
export interface Calls {
	/** One request, tried a second time when the clock is to blame; that a POST is refused for it makes no task. */
	once<T>(call: Call<T>): Promise<T>;
	/**
	 * A request that changes nothing, tried again where that can help.
	 * @param leastWaitMs milliseconds that must lie between two attempts
	 */
	retried<T>(call: Omit<Call<T>, 'attempt' | 'until'>, leastWaitMs?: number): Promise<T>;
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
	// Within one second every token is the same, down to its last character.
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
					deadline: (ms) => clock.deadline(ms),
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

	const retried = async <T>(request: Omit<Call<T>, 'attempt' | 'until'>, leastWaitMs = 0): Promise<T> => {
		const {signal} = request;
		for (let attempt = 1; ; attempt++) {
			try {
				const result = await once({...request, attempt});
				budget.succeeded(attempt > 1);
				return result;
			} catch (error) {
				const wait = attempt < attempts ? backoffMs(error, attempt, random) : undefined;
				if (wait === undefined || !budget.take()) throw error;
				await clock.sleep(Math.max(wait, leastWaitMs), signal);
			}
		}
	};

	return {once, retried};
}

/** What was thrown, if it is Kling's refusal of a token for its times. */
function clockRefusal(error: unknown, reply: Reply | undefined): KlingError | undefined {
	const refused = error instanceof KlingError && reply?.status === 401;
	return refused && [1003, 1004].includes(error.details.api_code ?? 0) ? error : undefined;
}

/** Whoever has keys that Kling refuses has to know where they are. */
function withKeys(error: unknown, keysFrom: string | undefined): unknown {
	if (!(error instanceof KlingError) || error.code !== 'invalid_api_key' || keysFrom === undefined)
		return error;
	return error.with({
		hint: `The keys come from ${keysFrom}. ${error.details.hint ?? errorRow(error.code).hint}`,
	});
}

/** An error of a create says whether a task may have been made. */
function withEvidence(error: unknown, method: string, reply: Reply | undefined): unknown {
	if (method === 'GET' || reply === undefined || !(error instanceof KlingError)) return error;
	return error.with({maybeSubmitted: !refused(reply, error)});
}

/**
 * Whether a reply to a create means that no task was made: a business code below 5000. After anything else a task may
 * exist: what is between us and Kling may spoil any answer. Source: docs/kling-api.md §9.
 */
function refused(reply: Reply, {details: {api_code}}: KlingError): boolean {
	// A gateway has codes of its own, and gives up with 408 or 5xx on what it may have passed on.
	if (reply.status >= 500 || reply.status === 408) return false;
	return api_code !== undefined && api_code >= 1000 && api_code < 5000;
}

/** How long to wait before a read is tried again, or undefined when trying again cannot help. */
function backoffMs(error: unknown, attempt: number, random: () => number): number | undefined {
	if (!(error instanceof KlingError) || !error.retryable) return undefined;
	const {api_code} = error.details;
	if (error.code === 'rate_limit' && api_code !== undefined && !waitable.has(api_code)) return undefined;
	if (error.retryAfterMs !== undefined) return Math.min(error.retryAfterMs, maxRetryAfterMs);
	return fullJitter(backoff, attempt, random);
}
