import {type ErrorCode, errorRow} from './error-table.js';

/** What an error document may hold beside code and message. Names are those of the document. */
export interface ErrorDetails {
	/** Replaces the hint of the error table. */
	hint?: string | undefined;
	/** Kling's business code, such as 1303. */
	api_code?: number | undefined;
	request_id?: string | undefined;
	task_id?: string | undefined;
	external_task_id?: string | undefined;
	/** Of a face detection that was paid for: what --session takes. */
	session_id?: string | undefined;
	/** Of speech that was paid for: what --audio-id takes. */
	audio_id?: string | undefined;
	/** Last known task status. */
	status?: string | undefined;
	/** Replaces the verdict of the error table. */
	retryable?: boolean | undefined;
	/** The local file or folder in question. */
	path?: string | undefined;
	/** All that is wrong with an input that was checked whole. */
	problems?: readonly object[] | undefined;
}

export interface ErrorDocument {
	success: false;
	error: {code: ErrorCode; message: string} & ErrorDetails;
}

/** Whether a document reports a failure; one that also lists what succeeded may. */
export function isFailure(document: unknown): document is ErrorDocument {
	return (
		typeof document === 'object' && document !== null && 'success' in document && document.success === false
	);
}

interface ErrorOptions extends ErrorDetails {
	cause?: unknown;
	/** True when a submission failed in such a way that Kling may have made the task anyway. */
	maybeSubmitted?: boolean;
	/** True when no connection was made, so that nothing of the request can have arrived. */
	neverSent?: boolean;
	/** True when Kling refused a request because it knows the external id already. */
	alreadyExists?: boolean;
	/** How long the server asked to wait, in milliseconds. */
	retryAfterMs?: number | undefined;
}

/** An error that a user can act on. Only the base command turns it into output and an exit status. */
export class KlingError extends Error {
	override readonly name = 'KlingError';
	readonly details: ErrorDetails;
	readonly maybeSubmitted: boolean;
	readonly neverSent: boolean;
	readonly alreadyExists: boolean;
	readonly retryAfterMs: number | undefined;
	/** What was said at the throw: oclif rewrites `message` of errors that leave a flag's parse function. */
	readonly said: string;

	/**
	 * @param code a code of the error table
	 * @param message what happened and to what
	 * @param options details for the document, the cause, and what a caller needs to decide
	 */
	constructor(
		readonly code: ErrorCode,
		message: string,
		{
			cause,
			maybeSubmitted = false,
			neverSent = false,
			alreadyExists = false,
			retryAfterMs,
			...details
		}: ErrorOptions = {},
	) {
		super(message, cause === undefined ? undefined : {cause});
		this.said = message;
		this.maybeSubmitted = maybeSubmitted;
		this.neverSent = neverSent;
		this.alreadyExists = alreadyExists;
		this.retryAfterMs = retryAfterMs;
		this.details = details;
	}

	/** The exit status that the error table gives to the code. */
	get exit(): number {
		return errorRow(this.code).exit;
	}

	/** The verdict of the thrower, else of the error table. */
	get retryable(): boolean {
		return this.details.retryable ?? errorRow(this.code).retryable ?? false;
	}

	/** The same error with further details, such as the task that it is about. */
	with(details: ErrorOptions): KlingError {
		const {cause, maybeSubmitted, neverSent, alreadyExists, retryAfterMs} = this;
		return new KlingError(this.code, this.said, {
			...this.details,
			cause,
			maybeSubmitted,
			neverSent,
			alreadyExists,
			retryAfterMs,
			...details,
		});
	}

	/** The JSON document for stdout, its keys in the order of the contract. */
	toDocument(): ErrorDocument {
		const {retryable} = this;
		const {hint = errorRow(this.code).hint, ...known} = this.details;
		const {api_code, request_id, task_id, external_task_id, session_id, audio_id, status, path, problems} =
			known;
		return {
			success: false,
			error: {
				code: this.code,
				message: this.said,
				...definedOnly({
					hint,
					api_code,
					request_id,
					task_id,
					external_task_id,
					session_id,
					audio_id,
					status,
					retryable,
					path,
					problems,
				}),
			},
		};
	}
}

/** The same object without the keys whose value is undefined. */
export function definedOnly<T extends object>(object: T): T {
	return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
