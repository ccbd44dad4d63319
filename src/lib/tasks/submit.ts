import {waitable} from '../api/api-errors.js';
import type {Task} from '../api/task.js';
import {reserveBudget} from '../cost/budget.js';
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

/** How often a create goes out that never reached Kling. */
const connectAttempts = 3;

/** Milliseconds. Source: docs/kling-api.md §10. */
const busy = {firstMs: 1000, longestMs: 30_000};
const longestRetryAfterMs = 60_000;

/** Milliseconds that are looked for a task whose response was lost, and that a look-up may still take at the deadline. */
const longestLookUpMs = 60_000;
const graceMs = 2000;

export interface SubmitOptions {
	/** Names the task for Kling and for us, unique per account. Left out, a fresh one is made. */
	externalId?: string | undefined;
	/** Unix milliseconds until when a free slot is waited for. */
	deadline: number;
	/** How the request is sent, where that is not as the older standard has it. */
	prepared?: PreparedRequest | undefined;
	/** Unix milliseconds until when all of it may take; left out, each request and look-up has a limit of its own. */
	until?: number | undefined;
	/** For the journal. */
	context?: SubmitContext;
	/** Whether a task may be submitted whose price is unknown, though there is a budget. */
	allowUnknownPrice?: boolean | undefined;
}

/** A task, with the name that Kling and the journal know it by. */
export type Submitted = Task & {externalId: string};

/**
 * Submits a task: **costs the user**. It is sent again only when Kling said that no task was made; when the
 * answer is lost, the task is looked up by its external id. An external id that was used before gives the task
 * that it made.
 * @param body the fields of the older standard, without `external_task_id`: the journal compares them, whichever is used
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
	// Nobody else can use a name that is made now.
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
	if (made) return remember(session, type, made, externalId);
	const estimatedUnits = context?.estimatedUnits ?? priceOf(session, type, body, prepared?.inputSeconds);
	const about = {...context, ...(estimatedUnits !== undefined && {estimatedUnits})};
	const reservation = await reserveBudget(session, {
		...{externalId, units: estimatedUnits, pack: session.types.packOf(type)},
		...{tags: context?.tags, allowUnknownPrice},
	});
	await journal.intend(type, externalId, body, about);
	const isOurs = given === undefined;
	// Of another try nobody knows the end: what becomes of this one does not answer that.
	const isOpen = known?.outcome === 'unknown';
	const request = prepared ?? plainRequest(session.types.info(type).paths.v1, body as RequestBody);
	const {task, elsewhere} = await send(session, type, request, {
		externalId,
		isOurs,
		isOpen,
		deadline,
		until,
	}).catch(async (error: unknown) => {
		// Where a task may have been made, its units stay reserved until the journal knows.
		if (!session.purchases.tasks.has(externalId)) await reservation.release().catch(() => {});
		throw error;
	});
	if (elsewhere && (known === undefined || known.outcome === 'refused')) {
		await journal.adopt(externalId);
		session.notes.line(
			`Task ${task.id} was made elsewhere with this external id, from an unknown request; nothing was submitted`,
		);
	}
	return remember(session, type, task, externalId);
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

/** Kling's reply may leave out the external id, by which the journal knows the task. */
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
	/** True when an earlier try of this machine may have made the task. */
	isOpen: boolean;
	deadline: number;
	until: number | undefined;
}

/** The session for look-ups, which may take a little longer than all else: what they find was paid for. */
const limited = (session: Session, until: number | undefined): Session =>
	withTimeLimit(
		session,
		until === undefined ? longestLookUpMs : Math.max(0, until - session.clock.now()) + graceMs,
	);

interface Sent {
	task: Task;
	/** True when Kling knew the external id already. */
	elsewhere: boolean;
}

async function send(
	session: Session,
	type: TaskName,
	request: PreparedRequest,
	submit: Submit,
): Promise<Sent> {
	const {client, clock, random, journal, signal, notes, purchases} = session;
	const {externalId, isOurs, isOpen, deadline, until} = submit;
	const refused = async () => {
		if (isOpen) return;
		purchases.tasks.delete(externalId);
		await journal.refused(externalId);
	};
	const named = withExternalId(request, externalId);
	purchases.tasks.set(externalId, undefined);
	for (let attempt = 0; ; attempt++) {
		try {
			// The last one, at the deadline, has time to come back.
			const late = until === undefined ? undefined : clock.deadline(Math.max(graceMs, until - clock.now()));
			const answer = client.createTask(request.path, named, attempt + 1, late);
			const task = await uninterrupted(session, answer, externalId);
			purchases.tasks.set(externalId, task.id);
			return {task: await confirmTask(session, type, task, externalId), elsewhere: false};
		} catch (error) {
			if (!(error instanceof KlingError)) throw error;
			const exists = error.alreadyExists;
			purchases.tasks.set(externalId, undefined);
			if (error.maybeSubmitted || exists) {
				notes.line(
					`${exists ? 'Kling knows' : 'The response was lost; looking for'} the external id ${externalId}`,
				);
				const task = await findSubmitted(
					limited(session, until),
					...([type, externalId, error, exists && !isOurs && !isOpen] as const),
				);
				return {task, elsewhere: exists && !isOurs && !isOpen};
			}
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
	}
}

/** Tells anyone who presses Ctrl-C meanwhile why nothing happens. */
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

/** Milliseconds to wait where no task can have been made: Kling said that it is busy, or was not reached. */
function waitMs(error: KlingError, attempt: number, random: () => number): number | undefined {
	const unsent = error.neverSent && error.retryable && attempt + 1 < connectAttempts;
	if (!unsent && !waitable.has(error.details.api_code ?? 0)) return undefined;
	if (error.retryAfterMs !== undefined) return Math.min(error.retryAfterMs, longestRetryAfterMs);
	return fullJitter(busy, attempt, random);
}
