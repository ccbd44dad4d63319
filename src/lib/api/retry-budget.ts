/** Tokens that a process begins with, and what a retry costs: so many retries on a server that is down, then none. */
const capacity = 250;
const costOfRetry = 5;

/** Bounds the retries of a process: a thousand waits must not ask a dead server three thousand times. */
export interface RetryBudget {
	/** Pays for a retry; false when nothing is left. */
	take(): boolean;
	/** Called after each success, which pays a little back; a success after a retry pays for the retry. */
	succeeded(retried: boolean): void;
}

/** A full token bucket, as the AWS SDKs have it. */
export function retryBudget(): RetryBudget {
	let tokens = capacity;
	return {
		take() {
			if (tokens < costOfRetry) return false;
			tokens -= costOfRetry;
			return true;
		},
		succeeded(retried) {
			tokens = Math.min(capacity, tokens + (retried ? costOfRetry : 1));
		},
	};
}
