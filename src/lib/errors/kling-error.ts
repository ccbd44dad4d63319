import {type ErrorCode, errorRow} from './error-table.js';

/** What an error document may contain besides code and message. The names are those in the document. */
export interface ErrorDetails {
	/** Replaces the hint of the error table. */
	hint?: string | undefined;
	/** Kling's business code, such as 1303. */
	api_code?: number | undefined;
	request_id?: string | undefined;
	task_id?: string | undefined;
	external_task_id?: string | undefined;
	/** Id of a face detection that was paid for, as accepted by --session. */
	session_id?: string | undefined;
	/** Id of speech that was paid for, as accepted by --audio-id. */
	audio_id?: string | undefined;
	/** Last known task status. */
	status?: string | undefined;
	/** Overrides the error table. */
	retryable?: boolean | undefined;
	/** The local file or folder concerned. */
	path?: string | undefined;
	/** Everything that is wrong with an input that was checked completely. */
	problems?: readonly object[] | undefined;
}

export interface ErrorDocument {
	success: false;
	error: {code: ErrorCode; message: string} & ErrorDetails;
}

/** Whether a document reports a failure. A document that also lists successes can. */
export function isFailure(document: unknown): document is ErrorDocument {
	return (
		typeof document === 'object' && document !== null && 'success' in document && document.success === false
	);
}

interface ErrorOptions extends ErrorDetails {
	cause?: unknown;
	/** True when a submission failed but Kling may have made the task anyway. */
	maybeSubmitted?: boolean;
	/** True when no connection was made, so that no part of the request can have arrived. */
	neverSent?: boolean;
	/** True when Kling refused a request because it already knows the external id. */
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
	/** The original message: oclif rewrites `message` when an error leaves a flag's parse function. */
	readonly said: string;

	/**
	 * @param code a code of the error table
	 * @param message what happened, and to what
	 * @param options details for the document, the cause, and what callers need to decide
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

	/** The code's exit status from the error table. */
	get exit(): number {
		return errorRow(this.code).exit;
	}

	/** Whether a retry can help, according to the details or else the error table. */
	get retryable(): boolean {
		return this.details.retryable ?? errorRow(this.code).retryable ?? false;
	}

	/** The same error with more details, such as the task that it is about. */
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

	/** The JSON document for stdout, with its keys in the documented order. */
	toDocument(): ErrorDocument {
		const {retryable} = this;
		const {hint = defaultHint(this.code, this.details.task_id), ...known} = this.details;
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

/** The hint of the error table, about this task if it is known. */
const defaultHint = (code: ErrorCode, taskId = 'TASK_ID') =>
	errorRow(code).hint?.replaceAll('TASK_ID', () => taskId);

/** A copy of the object without the keys whose value is undefined. */
export function definedOnly<T extends object>(object: T): T {
	const defined: Partial<T> = {};
	for (const key of Object.keys(object) as (keyof T)[])
		if (object[key] !== undefined) defined[key] = object[key];
	return defined as T;
}
