/** The properties of an error code: its exit status, whether a retry can help, and the hint. */
export interface ErrorRow {
	/** Process exit status. */
	exit: number;
	/** True when the same command may succeed later without a change. */
	retryable?: boolean;
	/** What to type or do next. The code that throws may give a better one. */
	hint?: string;
}
