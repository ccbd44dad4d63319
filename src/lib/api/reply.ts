import type {ErrorObject} from 'ajv';
import {KlingError} from '../errors/kling-error.js';
import {classify, classifyStatus} from './api-errors.js';
import type {Reply} from './exchange.js';
import {parseJson, unusable} from './json.js';
import {type NewerTask, toNewerTask} from './newer-task.js';
import * as validators from './reply-validators.js';
import {type ApiTask, type Task, toTask} from './task.js';

interface Envelope {
	code: number;
	message?: string | null;
	request_id?: string | number | null;
	data?: unknown;
}

interface Validator {
	(data: unknown): boolean;
	errors?: ErrorObject[] | null;
}

/** What a reply says of itself. */
export interface ReplyFacts {
	/** Kling's business code; 0 is success. */
	code: number;
	requestId: string | undefined;
}

/** Characters of Kling's text that a message repeats. */
const longestMessage = 2000;

/** A reader of the `data` of a successful reply. */
export type Read<T> = (data: unknown, reply: Reply) => T;

/** A task as either standard writes it; `status` without `task_status` is the newer one. */
export const readTask: Read<Task> = (data, reply) =>
	isNewer(data)
		? toNewerTask(checked<NewerTask>(validators.newerTask, data, reply))
		: toTask(checked<ApiTask>(validators.task, data, reply));

const isNewer = (data: unknown) =>
	typeof data === 'object' && data !== null && 'status' in data && !('task_status' in data);

export const readTasks: Read<Task[]> = (data, reply) =>
	checked<ApiTask[]>(validators.taskList, data, reply).map((task) => toTask(task));

/**
 * What a reply holds.
 * @throws KlingError by Kling's business code; by the HTTP status when a gateway answered instead of the
 * API; `response_error` when the reply is of no use, naming the place in the JSON
 */
export function readReply<T>(reply: Reply, read: Read<T>, onFacts?: (facts: ReplyFacts) => void): T {
	const {code, message, request_id, data} = readEnvelope(reply);
	const requestId = request_id === undefined || request_id === null ? undefined : String(request_id);
	onFacts?.({code, requestId});
	if (code === 0) return read(data, reply);
	const said = message?.slice(0, longestMessage) || `Kling returned code ${code} without a message`;
	const {code: ourCode, ...refusal} = classify(code, reply.status, said);
	throw new KlingError(ourCode, said, {
		...refusal,
		api_code: code,
		request_id: requestId,
		retryAfterMs: reply.retryAfterMs,
	});
}

function readEnvelope(reply: Reply): Envelope {
	try {
		return checked<Envelope>(validators.envelope, parseJson(reply.text, reply), reply, '');
	} catch (error) {
		// Gateways answer without the envelope; their status still says what is wrong.
		if (reply.status !== 429 && reply.status < 500) throw error;
		throw new KlingError(
			classifyStatus(reply.status),
			`HTTP ${reply.status} from a gateway, without a response from Kling`,
			{cause: error, retryAfterMs: reply.retryAfterMs},
		);
	}
}

/** Unknown fields pass, a wrong shape names its path. */
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
