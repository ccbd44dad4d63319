import {waitable} from '../api/api-errors.js';
import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import type {JournalEntry, Wish} from '../journal/journal.js';
import {fullJitter} from '../system/backoff.js';
import type {Clock} from '../system/clock.js';
import {withoutSecrets} from '../task-types/redact-request.js';
import type {TaskName} from '../task-types/registry.js';
import {lookUpLate} from './find-eventually.js';
import {findSubmitted, told} from './find-submitted.js';
import {mayBeDeleted} from './retention.js';
import type {Session} from './task-context.js';

/** How often a create goes out that never reached Kling. */
const connectAttempts = 3;

/** Milliseconds. Source: docs/kling-api.md §10. */
const busy = {firstMs: 1000, longestMs: 30_000};
const longestRetryAfterMs = 60_000;

export interface SubmitOptions {
	/** Names the task for Kling and for us, unique per account. Left out, a fresh one is made. */
	externalId?: string | undefined;
	/** Unix milliseconds until when a free slot is waited for. */
	deadline: number;
	/** For the journal. */
	wish?: Wish;
}

/** A task, with the name that Kling and the journal know it by. */
export type Submitted = Task & {externalId: string};

/**
 * Submits a task: **costs the user**. It is sent again only when Kling said that no task was made; when the
 * answer is lost, the task is looked up by its external id. An external id that was used before gives the task
 * that it made.
 * @param body the fields of the API, without `external_task_id`
 * @throws KlingError Kling's refusal; `conflicting_input` for an external id of another request;
 * `submit_unknown` when nobody can tell whether a task was made
 */
export async function submitTask(
	session: Session,
	type: TaskName,
	body: object,
	{externalId: given, deadline, wish}: SubmitOptions,
): Promise<Submitted> {
	const {clock, journal} = session;
	const externalId = given ?? newExternalId(clock);
	const known = given === undefined ? undefined : await journal.find(given);
	const made = known && (await madeBefore(session, type, body, known));
	if (made) return remember(session, type, made, externalId);
	await journal.intend(type, externalId, body, wish);
	const isOurs = given === undefined;
	// Of another try nobody knows the end: what becomes of this one does not answer that.
	const isOpen = known?.outcome === 'unknown';
	const {task, elsewhere} = await send(session, type, body, {externalId, isOurs, isOpen, deadline});
	if (elsewhere && (known === undefined || known.outcome === 'refused')) {
		await journal.adopt(externalId);
		session.notes.line(
			`Task ${task.id} was made with this external id elsewhere, of what request is unknown; nothing was submitted`,
		);
	}
	return remember(session, type, task, externalId);
}

/** Kling's reply may leave out the external id, by which the journal knows the task. */
async function remember(
	{journal, submissions}: Session,
	type: TaskName,
	task: Task,
	externalId: string,
): Promise<Submitted> {
	const named = {...task, externalId};
	submissions.set(externalId, task.id);
	await journal.saw(type, named);
	return named;
}

/** The task that an external id made before. */
async function madeBefore(
	session: Session,
	type: TaskName,
	body: object,
	known: JournalEntry,
): Promise<Task | undefined> {
	if (known.outcome === 'refused') return undefined;
	const {externalId} = known;
	const same =
		known.request === null || JSON.stringify(known.request) === JSON.stringify(withoutSecrets(body));
	if (!same || known.type !== type) {
		throw new KlingError('conflicting_input', `The external id ${externalId} was used for another request`, {
			external_task_id: externalId,
			task_id: known.taskId,
			hint: 'Choose another --external-id, or repeat the request as it was.',
		});
	}
	// Its outcome may be unknown: then Kling knows, and sending it again cannot make a second task.
	const looks = known.outcome === 'made' ? undefined : [0];
	const task = await lookUpLate(session, type, known.taskId ?? externalId, looks).catch(noSuchTask);
	if (task === undefined && known.outcome === 'made') throw lostTask(session, known);
	if (task)
		session.notes.line(`Task ${task.id} was made with this external id before; nothing was submitted`);
	return task;
}

/** A task that was made, and that Kling does not find: one that is young is not gone. */
function lostTask({clock, command}: Session, {externalId, taskId, submittedAt}: JournalEntry): KlingError {
	const isOld = mayBeDeleted(submittedAt, clock.now());
	const hint = isOld
		? 'Kling deletes tasks after 30 days. To make it again, and pay for it, choose another --external-id.'
		: `It was paid for, so look again in a while: ${command('video', 'status', taskId ?? externalId)}`;
	return new KlingError(
		'task_not_found',
		`The external id ${externalId} made a task that Kling ${isOld ? 'no longer knows' : 'does not find now'}`,
		{external_task_id: externalId, task_id: taskId, hint},
	);
}

function noSuchTask(error: unknown): undefined {
	if (!(error instanceof KlingError) || error.code !== 'task_not_found') throw error;
	return undefined;
}

interface Submit {
	externalId: string;
	/** True when nobody else can have used the external id. */
	isOurs: boolean;
	/** True when an earlier try of this machine may have made the task. */
	isOpen: boolean;
	deadline: number;
}

interface Sent {
	task: Task;
	/** True when Kling knew the external id already. */
	elsewhere: boolean;
}

async function send(session: Session, type: TaskName, body: object, submit: Submit): Promise<Sent> {
	const {client, clock, random, journal, signal, notes, submissions} = session;
	const {externalId, isOurs, isOpen, deadline} = submit;
	const refused = async () => {
		submissions.delete(externalId);
		if (!isOpen) await journal.refused(externalId);
	};
	const named = {...body, external_task_id: externalId};
	submissions.set(externalId, undefined);
	for (let attempt = 0; ; attempt++) {
		try {
			const answer = client.createTask(session.types.info(type).paths.v1, named, attempt + 1);
			return {task: await uninterrupted(session, answer, externalId), elsewhere: false};
		} catch (error) {
			if (!(error instanceof KlingError)) throw error;
			const exists = error.alreadyExists;
			if (error.maybeSubmitted || exists) {
				notes.line(
					`${exists ? 'Kling knows' : 'The answer was lost; looking for'} the external id ${externalId}`,
				);
				const task = await findSubmitted(session, type, externalId, error, exists && !isOurs && !isOpen);
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

/** Tells who presses Ctrl-C meanwhile why nothing happens. */
async function uninterrupted<T>(
	{signal, notes, command}: Session,
	answer: Promise<T>,
	externalId: string,
): Promise<T> {
	const tell = () =>
		notes.line(
			`Waiting for the answer of Kling, which tells whether there is a task. Ctrl-C again ends at once; then see: ${command('video', 'settle', externalId)}`,
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

/** A fresh external id: letters, digits and dashes, in the order of time. */
function newExternalId(clock: Clock): string {
	const random = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex');
	return `kling-${clock.now().toString(36)}-${random}`;
}
