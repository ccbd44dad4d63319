import type {KlingClient} from '../api/client.js';
import type {Task} from '../api/task.js';
import type {Clock} from '../clock.js';
import {KlingError} from '../errors/kling-error.js';
import {type TaskType, taskTypes} from './task-types.js';

/** Milliseconds before each look for a task whose create got no clear answer: one may appear late. */
const lookups = [0, 1000, 2000, 4000];

export interface SubmitOptions {
	clock: Clock;
	/** Names the task for Kling and for us; unique per account. */
	externalId?: string;
	/** Told when the answer was lost and the task is being looked up. */
	onLookup?: (externalId: string) => void;
}

/**
 * Submits a task: **costs the user**. Sent once; when the answer is lost, the task is looked up by its
 * external id and never sent again.
 * @param body the fields of the API, without `external_task_id`
 * @throws KlingError Kling's refusal, or `submit_unknown` when nobody can tell whether a task was made
 */
export async function submitTask(
	client: KlingClient,
	type: TaskType,
	body: object,
	{clock, externalId = newExternalId(clock), onLookup}: SubmitOptions,
): Promise<Task> {
	const {path} = taskTypes[type];
	try {
		return await client.createTask(path, {...body, external_task_id: externalId});
	} catch (error) {
		if (!(error instanceof KlingError)) throw error;
		// Only our own try can have made a task of an id this long.
		const madeEarlier = /external_task_id .* already exists/i.test(error.said);
		if (!error.maybeSubmitted && !madeEarlier) throw error.with({external_task_id: externalId});
		onLookup?.(externalId);
		return await findTask(client, type, externalId, clock, error);
	}
}

async function findTask(
	client: KlingClient,
	type: TaskType,
	externalId: string,
	clock: Clock,
	lost: KlingError,
) {
	for (const wait of lookups) {
		await clock.sleep(wait);
		try {
			return await client.getTask(taskTypes[type].path, externalId);
		} catch (error) {
			if (!(error instanceof KlingError)) throw error;
		}
	}
	throw new KlingError('submit_unknown', `Kling may have made the task ${externalId}, or not: ${lost.said}`, {
		...lost.details,
		cause: lost,
		external_task_id: externalId,
		retryable: false,
		hint: `Do not submit again yet. See whether it exists: kling video status ${externalId} --type ${type}`,
	});
}

/** A fresh external id: letters, digits and dashes, in the order of time. */
function newExternalId(clock: Clock): string {
	const random = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex');
	return `kling-${clock.now().toString(36)}-${random}`;
}
