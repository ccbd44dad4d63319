import {parseJson} from '../api/json.js';
import {readTask} from '../api/reply.js';
import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import type {Standard} from '../task-types/standard.js';

/** Maximum size of a body in bytes: a task with many results has some kilobytes. */
export const maxBodyBytes = 512_000;

/** The content of a delivery. */
export interface DeliveryContent {
	task: Task;
	/** The API standard that made the task: the two use bodies of different shapes. */
	standard: Standard;
}

/**
 * The task in the body of a delivery, in either form.
 * @throws KlingError `invalid_delivery` for anything else
 */
export function readDelivery(body: Buffer): DeliveryContent {
	const reply = {
		status: 200,
		contentType: 'application/json',
		retryAfterMs: undefined,
		date: undefined,
		text: '',
	};
	try {
		const text = new TextDecoder('utf-8', {fatal: true}).decode(body);
		const data = parseJson(text, reply);
		const task = readTask(data, {...reply, text});
		// It is printed, looked up, and put into commands.
		if (!/^\w[\w.+/=:@~-]{0,127}$/.test(task.id)) throw new Error('The task id is not a valid id');
		// Callbacks contain empty lists for what a task does not make.
		if (task.images?.length === 0) delete task.images;
		return {task, standard: 'task_status' in Object(data) ? 'v1' : 'tasks'};
	} catch (cause) {
		throw new KlingError('invalid_delivery', 'The body is not a task as Kling posts it', {cause});
	}
}
