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
	/** Last known task status. */
	status?: string | undefined;
	/** Replaces the verdict of the error table. */
	retryable?: boolean | undefined;
	/** The local file or folder in question. */
	path?: string | undefined;
}

export interface ErrorDocument {
	success: false;
	error: {code: ErrorCode; message: string} & ErrorDetails;
}

/** An error that a user can act on. Only the base command turns it into output and an exit status. */
export class KlingError extends Error {
	override readonly name = 'KlingError';
	readonly details: ErrorDetails;
	/** What was said at the throw: oclif rewrites `message` of errors that leave a flag's parse function. */
	readonly said: string;

	/**
	 * @param code a code of the error table
	 * @param message what happened and to what
	 * @param options details for the document, and the cause
	 */
	constructor(
		readonly code: ErrorCode,
		message: string,
		{cause, ...details}: ErrorDetails & {cause?: unknown} = {},
	) {
		super(message, cause === undefined ? undefined : {cause});
		this.said = message;
		this.details = details;
	}

	/** The exit status that the error table gives to the code. */
	get exit(): number {
		return errorRow(this.code).exit;
	}

	/** The JSON document for stdout, its keys in the order of the contract. */
	toDocument(): ErrorDocument {
		const row = errorRow(this.code);
		const {hint = row.hint, api_code, request_id, task_id, external_task_id, status, path} = this.details;
		const {retryable = row.retryable ?? false} = this.details;
		return {
			success: false,
			error: {
				code: this.code,
				message: this.said,
				...definedOnly({hint, api_code, request_id, task_id, external_task_id, status, retryable, path}),
			},
		};
	}
}

/** The same object without the keys whose value is undefined. */
export function definedOnly<T extends object>(object: T): T {
	return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
