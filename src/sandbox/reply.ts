import {randomUUID} from 'node:crypto';

/** A response of the API before it is written: HTTP status and JSON body. */
export interface Reply {
	status: number;
	body: Envelope | UnknownPathBody;
}

interface Envelope {
	code: number;
	message: string;
	request_id: string;
	data?: unknown;
}

/** The response of the server in front of the API if there is no such path: no code, no request id. */
interface UnknownPathBody {
	timestamp: string;
	status: number;
	error: string;
	message: string;
	path: string;
}

/** A success with its data, in Kling's envelope (docs/kling-api.md §4). */
export function succeed(data: unknown): Reply {
	return {status: 200, body: {code: 0, message: 'SUCCEED', request_id: randomUUID(), data}};
}

/** A refusal in Kling's envelope. */
export function refuse(status: number, code: number, message: string): Reply {
	return {status, body: {code, message, request_id: randomUUID()}};
}

/** Every refusal of the sandbox. Codes: docs/kling-api.md §9; messages: observed, otherwise those of the examples. */
export const refusals = {
	authenticationFailed: () => refuse(401, 1000, 'Authentication failed'),
	authorizationEmpty: () => refuse(401, 1001, 'Authorization is empty'),
	authorizationInvalid: (message = 'Authorization is invalid') => refuse(401, 1002, message),
	notYetValid: () => refuse(401, 1003, 'Authorization is not yet valid'),
	expired: () => refuse(401, 1004, 'Authorization has expired'),
	badRequest: () => refuse(400, 1200, 'Invalid request parameters'),
	tooLarge: () => refuse(413, 1200, 'The request body is too large'),
	badValue: (message: string) => refuse(400, 1201, message),
	wrongMethod: () => refuse(404, 1202, 'The requested method is invalid'),
	noResource: () => refuse(404, 1203, 'The requested resource does not exist'),
	noPath: (path: string, now: number): Reply => ({
		status: 404,
		body: {
			timestamp: new Date(now).toISOString().replace('Z', '+00:00'),
			status: 404,
			error: 'Not Found',
			message: 'No message available',
			path,
		},
	}),
	contentPolicy: () => refuse(400, 1301, 'Trigger the content security policy of the platform'),
	tooSoon: () => refuse(429, 1302, 'Too many requests'),
	noSlot: () => refuse(429, 1303, 'parallel task over resource pack limit'),
	internal: () => refuse(500, 5000, 'Server internal error'),
};
