import type {Task} from '../api/task.js';
import {reserveBudget, stepsOf} from '../cost/budget.js';
import type {SubmitContext} from '../journal/journal.js';
import type {RequestBody} from '../task-types/facts.js';
import {type PreparedRequest, plainRequest} from '../task-types/prepare.js';
import {estimateUnits} from '../task-types/prices.js';
import type {TaskName} from '../task-types/registry.js';
import {existingTask} from './existing-task.js';
import {newExternalId} from './external-ids.js';
import {withDetails} from './find-submitted.js';
import {lockSubmission} from './lock-submission.js';
import {limited, sendSubmission} from './send-submission.js';
import type {Session} from './task-context.js';

export interface SubmitOptions {
	/** Identifies the task to Kling and in the journal, unique per account. Default: a generated id. */
	externalId?: string | undefined;
	/** Unix milliseconds until which to wait for a free slot. */
	deadline: number;
	/** How to send the request, when it differs from the older standard. */
	prepared?: PreparedRequest | undefined;
	/**
	 * Unix milliseconds by which everything must be done. Default: each request and lookup has its own
	 * limit.
	 */
	until?: number | undefined;
	/** For the journal. */
	context?: SubmitContext;
	/** Whether a task of unknown price may be submitted although there is a budget. */
	allowUnknownPrice?: boolean | undefined;
}

/** A task with its external id. */
export type Submitted = Task & {
	externalId: string;
	/** True for a task that an earlier request made, with a standard that may be another. */
	isEarlier?: boolean;
};

/**
 * Submits a task, which **costs the user**. The request is repeated only when Kling said that no task was
 * made. When the response is lost, the task is looked up by its external id. An external id that was used
 * before returns the task that it made.
 * @param body the fields of the older standard, without `external_task_id`. The journal compares these,
 * whichever standard is used.
 * @throws KlingError Kling's refusal; `conflicting_input` for an external id of another request;
 * `submit_unknown` when it is not known whether a task was made
 */
export async function submitTask(
	session: Session,
	type: TaskName,
	body: object,
	options: SubmitOptions,
): Promise<Submitted> {
	const {externalId, deadline} = options;
	// A generated external id is new, so no other process can be using it.
	if (externalId === undefined) return submitOnce(session, type, body, options);
	const lock = await lockSubmission(session, externalId, deadline);
	try {
		return await submitOnce(session, type, body, options);
	} finally {
		lock.release();
	}
}

async function submitOnce(
	session: Session,
	type: TaskName,
	body: object,
	{externalId: given, deadline, until, context, allowUnknownPrice, prepared}: SubmitOptions,
): Promise<Submitted> {
	const {clock, journal} = session;
	const externalId = given ?? newExternalId(clock);
	const known = given === undefined ? undefined : journal.find(given);
	const made = known && (await existingTask(limited(session, until), type, body, known));
	if (made) return {...(await remember(session, type, made, externalId)), isEarlier: true};
	if (session.signal.aborted) {
		const hint = 'No task was made: run the command again.';
		throw withDetails(session.signal.reason, {external_task_id: externalId, hint});
	}
	const estimatedUnits = context?.estimatedUnits ?? priceOf(session, type, body, prepared?.inputSeconds);
	const about = {...context, ...(estimatedUnits !== undefined && {estimatedUnits})};
	const reservation = await reserveBudget(session, {
		...{externalId, units: estimatedUnits, pack: session.types.packOf(type)},
		...{
			tags: context?.tags,
			allowUnknownPrice,
			outOf: session.purchases.reservedSteps ?? stepsOf(externalId),
		},
	});
	await journal.intend(type, externalId, body, about);
	const isOurs = given === undefined;
	// The outcome of an earlier attempt is unknown. A refusal of this attempt would not settle it.
	const isOpen = known?.outcome === 'unknown';
	const request = prepared ?? plainRequest(session.types.info(type).paths.v1, body as RequestBody);
	const {task, elsewhere} = await sendSubmission(session, type, request, {
		externalId,
		isOurs,
		isOpen,
		deadline,
		until,
	}).catch(async (error: unknown) => {
		// If a task may have been made, its units stay reserved until the journal records it.
		if (!session.purchases.tasks.has(externalId)) await reservation.release().catch(() => {});
		throw error;
	});
	if (elsewhere && (known === undefined || known.outcome === 'refused')) {
		await journal.adopt(externalId);
		session.notes.line(
			`Task ${task.id} was made elsewhere with this external id, from an unknown request; nothing was submitted`,
		);
	}
	return {...(await remember(session, type, task, externalId)), ...(elsewhere && {isEarlier: true})};
}

function priceOf(
	{types}: Session,
	type: TaskName,
	body: object,
	inputSeconds: number | undefined,
): string | undefined {
	const definition = types.definition(type);
	return definition && estimateUnits(definition, body as Record<string, unknown>, inputSeconds);
}

/** Records the task. Kling's response may lack the external id, which the journal needs. */
async function remember(
	{journal, purchases}: Session,
	type: TaskName,
	task: Task,
	externalId: string,
): Promise<Submitted> {
	const named = {...task, externalId};
	purchases.tasks.set(externalId, task.id);
	journal.saw(type, named);
	return named;
}
