import {waitable} from '../api/api-errors.js';
import type {Task} from '../api/task.js';
import {reserveBudget, stepsOf} from '../cost/budget.js';
import {KlingError} from '../errors/kling-error.js';
import type {SubmitContext} from '../journal/journal.js';
import {fullJitter} from '../system/backoff.js';
import type {RequestBody} from '../task-types/facts.js';
import {type PreparedRequest, plainRequest, withExternalId} from '../task-types/prepare.js';
import {estimateUnits} from '../task-types/prices.js';
import type {TaskName} from '../task-types/registry.js';
import {confirmTask} from './confirm-task.js';
import {newExternalId} from './external-ids.js';
import {findSubmitted, told} from './find-submitted.js';
import {lockSubmission} from './lock-submission.js';
import {madeBefore} from './made-before.js';
import type {Session} from './task-context.js';
import {withTimeLimit} from './time-limit.js';

/** Maximum number of attempts for a request that never reached Kling. */
const connectAttempts = 3;

/** Backoff while Kling is busy, in milliseconds. Source: docs/kling-api.md §10. */
const busy = {firstMs: 1000, longestMs: 30_000};
const longestRetryAfterMs = 60_000;

/**
 * Milliseconds for looking up a task whose response was lost, and the extra time that a look-up in flight at
 * the deadline gets.
 */
const longestLookUpMs = 60_000;
const graceMs = 2000;

export interface SubmitOptions {
	/** Identifies the task to Kling and in the journal, unique per account. Default: a generated id. */
	externalId?: string | undefined;
	/** Unix milliseconds until which to wait for a free slot. */
	deadline: number;
	/** How to send the request, when it differs from the older standard. */
	prepared?: PreparedRequest | undefined;
	/**
	 * Unix milliseconds by which everything must be done. Default: each request and look-up has its own
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
 * `submit_unknown` when nobody can tell whether a task was made
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
	const known = given === undefined ? undefined : await journal.find(given);
	const made = known && (await madeBefore(limited(session, until), type, body, known));
	if (made) return {...(await remember(session, type, made, externalId)), isEarlier: true};
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
	const {task, elsewhere} = await send(session, type, request, {
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
	await journal.saw(type, named);
	return named;
}

interface Submit {
	externalId: string;
	/** True when nobody else can have used the external id. */
	isOurs: boolean;
	/** True when an earlier attempt on this machine may have made the task. */
	isOpen: boolean;
	deadline: number;
	until: number | undefined;
}

/** The session for look-ups. They may run slightly past the deadline, because what they find was paid for. */
const limited = (session: Session, until: number | undefined): Session =>
	withTimeLimit(
		session,
		until === undefined ? longestLookUpMs : Math.max(0, until - session.clock.now()) + graceMs,
	);

interface Sent {
	task: Task;
	/** True when Kling already knew the external id. */
	elsewhere: boolean;
}

async function send(
	session: Session,
	type: TaskName,
	request: PreparedRequest,
	submit: Submit,
): Promise<Sent> {
	const {client, clock, purchases} = session;
	const {externalId, until} = submit;
	const named = withExternalId(request, externalId);
	purchases.tasks.set(externalId, undefined);
	for (let attempt = 0; ; attempt++) {
		try {
			// The last look-up, at the deadline, gets time to return.
			const late = until === undefined ? undefined : clock.deadline(Math.max(graceMs, until - clock.now()));
			const answer = client.createTask(request.path, named, attempt + 1, late);
			const task = await uninterrupted(session, answer, externalId);
			purchases.tasks.set(externalId, task.id);
			return {task: await confirmTask(session, type, task, externalId), elsewhere: false};
		} catch (error) {
			if (!(error instanceof KlingError)) throw error;
			purchases.tasks.set(externalId, undefined);
			if (error.maybeSubmitted || error.alreadyExists) return lookUp(session, type, submit, error);
			await waitForAnother(session, submit, error, attempt);
		}
	}
}

/** Finds the task of a submission whose response was lost, or whose external id Kling already knows. */
async function lookUp(session: Session, type: TaskName, submit: Submit, error: KlingError): Promise<Sent> {
	const {externalId, isOurs, isOpen, until} = submit;
	const exists = error.alreadyExists;
	const elsewhere = exists && !isOurs && !isOpen;
	const why = exists ? 'Kling knows' : 'The response was lost; looking for';
	session.notes.line(`${why} the external id ${externalId}`);
	return {
		task: await findSubmitted(limited(session, until), type, externalId, error, elsewhere),
		elsewhere,
	};
}

/**
 * Waits before another attempt to submit, after one that made no task.
 * @throws the error of that attempt, when waiting cannot help or there is no time left; the error that
 * interrupted the wait
 */
async function waitForAnother(
	{clock, random, journal, signal, notes, purchases}: Session,
	{externalId, isOpen, deadline}: Submit,
	error: KlingError,
	attempt: number,
): Promise<void> {
	const refused = async () => {
		if (isOpen) return;
		purchases.tasks.delete(externalId);
		await journal.refused(externalId);
	};
	const wait = waitMs(error, attempt, random);
	const left = deadline - clock.now();
	const tooLong = error.retryAfterMs !== undefined && wait !== undefined && wait > left;
	if (wait === undefined || tooLong || left <= 0) {
		await refused();
		throw error.with({external_task_id: externalId});
	}
	if (error.neverSent) notes.line(`${error.said}; nothing was sent, trying again`);
	else if (attempt === 0) notes.line(`Kling says: ${error.said}. Waiting for room`);
	await clock.sleep(Math.min(wait, left), signal).catch(async (reason: unknown) => {
		await refused();
		throw told(reason, {external_task_id: externalId, hint: 'No task was made: run the command again.'});
	});
}

/** Explains to users who press Ctrl-C in the meantime why nothing happens. */
async function uninterrupted<T>(
	{signal, notes, command}: Session,
	answer: Promise<T>,
	externalId: string,
): Promise<T> {
	const tell = () =>
		notes.line(
			`Waiting for Kling's response, which says whether there is a task. Ctrl-C again ends at once; then see: ${command('video', 'reconcile', externalId)}`,
		);
	signal.addEventListener('abort', tell);
	return answer.finally(() => signal.removeEventListener('abort', tell));
}

/**
 * Milliseconds to wait before a retry; a number only when no task can have been made: Kling was busy or was
 * not reached.
 */
function waitMs(error: KlingError, attempt: number, random: () => number): number | undefined {
	const unsent = error.neverSent && error.retryable && attempt + 1 < connectAttempts;
	if (!unsent && !waitable.has(error.details.api_code ?? 0)) return undefined;
	if (error.retryAfterMs !== undefined) return Math.min(error.retryAfterMs, longestRetryAfterMs);
	return fullJitter(busy, attempt, random);
}
