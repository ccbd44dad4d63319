import type {ErrorCode} from '../errors/error-table.js';

/** This program's error codes for Kling's business codes. Source: docs/kling-api.md §9. */
const byApiCode: Readonly<Record<number, ErrorCode>> = {
	1000: 'invalid_api_key',
	1001: 'invalid_api_key',
	1002: 'invalid_api_key',
	1003: 'invalid_api_key',
	1004: 'invalid_api_key',
	1100: 'quota_exceeded',
	1101: 'quota_exceeded',
	// 1102 also comes as HTTP 429, yet no waiting refills an empty pack.
	1102: 'quota_exceeded',
	1103: 'permission_denied',
	1200: 'invalid_request',
	1201: 'invalid_request',
	1202: 'invalid_request',
	1203: 'invalid_request',
	1300: 'content_policy',
	1301: 'content_policy',
	1302: 'rate_limit',
	1303: 'rate_limit',
	1304: 'permission_denied',
	5000: 'server_error',
	5001: 'server_overloaded',
	5002: 'timeout',
};

/** Message patterns that distinguish errors sharing a business code, and hints for particular messages. */
const byMessage: readonly {
	pattern: RegExp;
	code?: ErrorCode;
	hint?: string;
	alreadyExists?: boolean;
}[] = [
	{pattern: /external.?task.?id.*already exists/i, alreadyExists: true},
	{pattern: /^task not found/i, code: 'task_not_found'},
	{
		pattern: /not supported extend-video/i,
		hint: 'Clips of newer models cannot be extended. Make the next shot from the clip: kling video create "…" --ref-video URL, with the video_url of: kling video status TASK_ID -v',
	},
	{
		pattern: /^from video not found/i,
		hint: 'Give the video_id that `kling video status TASK_ID` shows, not the task id; Kling deletes videos after 30 days.',
	},
	{
		pattern: /has been discontinued/i,
		hint: 'Choose a model that is still served.',
	},
];

export const clockHint =
	'The clock of this machine may be wrong: compare it with the real time, then run the command again.';
const hintByApiCode: Readonly<Record<number, string>> = {
	1003: clockHint,
	1004: clockHint,
	1202: 'Kling has no endpoint with this method and path: check both, and KLING_BASE_URL if it is set.',
	1303: 'All task slots of the account are in use: run the command again when a task has ended.',
};

export interface Refusal {
	code: ErrorCode;
	hint: string | undefined;
	/** Whether Kling already knows the request's external id. */
	alreadyExists?: boolean;
}

/**
 * Classifies an error response.
 * @param apiCode business code, not 0
 * @param httpStatus decides when the code is not in the table
 * @param message Kling's text
 */
export function classify(apiCode: number, httpStatus: number, message: string): Refusal {
	const text = byMessage.find(({pattern}) => pattern.test(message));
	return {
		code: text?.code ?? byApiCode[apiCode] ?? classifyStatus(httpStatus),
		hint: text?.hint ?? hintByApiCode[apiCode],
		alreadyExists: text?.alreadyExists ?? false,
	};
}

/**
 * Classifies a business code without its message; undefined when the code is unknown.
 * @param apiCode as in `error.api_code`
 */
export function apiErrorOf(apiCode: number): Refusal | undefined {
	const code = byApiCode[apiCode];
	return code && {code, hint: hintByApiCode[apiCode]};
}

/** The error code for an HTTP status that came without a known business code. */
export function classifyStatus(httpStatus: number): ErrorCode {
	const exact: Readonly<Record<number, ErrorCode>> = {
		401: 'invalid_api_key',
		403: 'permission_denied',
		429: 'rate_limit',
		503: 'server_overloaded',
		504: 'timeout',
	};
	return exact[httpStatus] ?? (httpStatus >= 500 ? 'server_error' : 'invalid_request');
}

/** 1302 and 1303 are the only refusals that go away by waiting. */
export const waitable = new Set([1302, 1303]);
