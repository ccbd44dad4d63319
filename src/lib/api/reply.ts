import type {ErrorObject} from 'ajv';
import {KlingError} from '../errors/kling-error.js';
import {classify, classifyStatus} from './api-errors.js';
import {parseJson, unusable} from './json.js';
import {type NewerTask, toNewerTask} from './newer-task.js';
import type {Reply} from './received.js';
import * as validators from './reply-validators.js';
import {type ApiTask, type Task, toTask} from './task.js';
import {textOf} from './task-fields.js';

interface Envelope {
	code: number;
	message?: unknown;
	request_id?: unknown;
	data?: unknown;
}

interface Validator {
	(data: unknown): boolean;
	errors?: ErrorObject[] | null;
}

/** What a response states about itself. */
export interface ReplyFacts {
	/** Kling's business code; 0 is success. */
	code: number;
	requestId: string | undefined;
}

/** Most characters of Kling's text that a message repeats. */
const maxMessageLength = 2000;

/** Reads the `data` of a successful response. */
export type Read<T> = (data: unknown, reply: Reply) => T;

/** Reads a task of either standard. `status` without `task_status` marks the newer one. */
export const readTask: Read<Task> = (data, reply) =>
	isNewer(data)
		? toNewerTask(checked<NewerTask>(validators.newerTask, data, reply))
		: toTask(checked<ApiTask>(validators.task, data, reply));

const isNewer = (data: unknown) =>
	typeof data === 'object' && data !== null && 'status' in data && !('task_status' in data);

export const readTasks: Read<Task[]> = (data, reply) =>
	checked<ApiTask[]>(validators.taskList, data, reply).map((task) => toTask(task));

/**
 * Reads the content of a response.
 * @throws KlingError by Kling's business code; by the HTTP status when a gateway replied instead of the API;
 * `response_error` for an unusable response, naming the place in the JSON
 */
export function readReply<T>(reply: Reply, read: Read<T>, onFacts?: (facts: ReplyFacts) => void): T {
	const {code, message, request_id, data} = readEnvelope(reply);
	const requestId = textOf(request_id);
	onFacts?.({code, requestId});
	if (code === 0) return read(data, reply);
	const said = sayingOf(message) || `Kling returned code ${code} without a message`;
	const {code: ourCode, ...refusal} = classify(code, reply.status, said);
	throw new KlingError(ourCode, said, {
		...refusal,
		api_code: code,
		request_id: requestId,
		retryAfterMs: reply.retryAfterMs,
	});
}

/** Kling's words. The code alone decides, so a message that is not a text is shown as it is. */
function sayingOf(message: unknown): string {
	const said =
		typeof message === 'object' && message !== null ? JSON.stringify(message) : String(message ?? '');
	return said.slice(0, maxMessageLength);
}

function readEnvelope(reply: Reply): Envelope {
	try {
		return checked<Envelope>(validators.envelope, parseJson(reply.text, reply), reply, '');
	} catch (error) {
		// A gateway's response has no envelope, but its status still says what is wrong.
		if (reply.status !== 429 && reply.status < 500) throw error;
		throw new KlingError(
			classifyStatus(reply.status),
			`HTTP ${reply.status} from a gateway, without a response from Kling`,
			{cause: error, retryAfterMs: reply.retryAfterMs},
		);
	}
}

/** Validates data. Unknown fields pass; an error names the path of a field with the wrong shape. */
export function checked<T>(check: Validator, data: unknown, reply: Reply, at = 'data'): T {
	if (check(data)) return data as T;
	const [error] = check.errors ?? [];
	const place = [at, ...(error?.instancePath.split('/').slice(1) ?? [])]
		.filter((part) => part !== '')
		.join('.');
	throw unusable(
		`has an unexpected shape: ${place || 'the whole'} ${error?.message ?? 'is wrong'}`,
		reply.text,
		reply,
	);
}
