/**
 * Tokens that a process starts with. A server that is down gets as many retries as they pay for, and then no
 * more.
 */
const capacity = 250;
const costOfRetry = 5;

/** Limits the retries of a process: a thousand waits must not send a dead server three thousand requests. */
export interface RetryBudget {
	/** Pays for a retry. Returns false when the budget is used up. */
	take(): boolean;
	/** Called after each success, which pays a little back. A success after a retry refunds the retry. */
	succeeded(retried: boolean): void;
}

/** A token bucket that starts full, like the one in the AWS SDKs. */
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
