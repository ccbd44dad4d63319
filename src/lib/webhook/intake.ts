import {createHash} from 'node:crypto';
import type {Task} from '../api/task.js';
import {definedOnly, KlingError} from '../errors/kling-error.js';
import {knownError} from '../fs/file-errors.js';
import type {JournalEntry} from '../journal/journal.js';
import type {TaskName} from '../task-types/registry.js';
import type {Standard} from '../task-types/standard.js';
import type {Limit} from '../tasks/fetch-task.js';
import {getTask} from '../tasks/get-task.js';
import {statusDocument} from '../tasks/results.js';
import type {Session} from '../tasks/task-context.js';
import {announceEnd} from '../tasks/task-ends.js';
import {readDelivery} from './delivery.js';
import type {DeliveryDocument, RejectedDocument} from './documents.js';
import type {Secret} from './secret.js';
import type {IncomingRequest} from './server.js';
import {defaultToleranceMs, type SignatureResult, verifyDelivery} from './signature.js';
import type {DeliveryStore, StoredDelivery} from './store.js';

/** A delivery that was accepted. */
export interface Accepted {
	document: DeliveryDocument;
	/** Unchanged. */
	stored: StoredDelivery;
}

export interface IntakeOptions {
	session: Session;
	secrets: readonly Secret[];
	store: DeliveryStore;
	/** Limits how many lookups run at once. */
	limit: Limit;
	onAccepted: (accepted: Accepted) => void;
	onRejected: (document: RejectedDocument) => void;
}

/** Checks deliveries and acts on them. */
export interface Intake {
	/** @returns the HTTP status to respond with */
	take(incoming: IncomingRequest): number;
	/** Resolves when nothing is left to do. */
	settled(): Promise<void>;
}

/** How many deliveries may wait for a lookup of their task: each costs a request, and anyone can send one without a signature. */
export const lookUpsAtOnce = 4;
const maxWaiting = 100;
/** How many delivery ids are remembered, in addition to those that are stored. */
const maxRemembered = 10_000;

/** HTTP statuses by error code. */
const refusals: Readonly<Record<string, number>> = {invalid_signature: 401, invalid_delivery: 400};

/** What to do about it where deliveries arrive; the hints of the error table are for `verify`. */
const rejectionHints: Readonly<Record<string, string>> = {
	invalid_signature:
		'Check that the secret is that of the account. A proxy in front must pass on the body and the webhook-* headers unchanged.',
	invalid_delivery:
		'Someone else may have sent it: only Kling should know this address. Set the webhook secret, so that such requests are recognized.',
};

/** A delivery that is what it seems to be, as far as its bytes say. */
interface Candidate {
	task: Task;
	standard: Standard;
	verdict: SignatureResult;
	stored: StoredDelivery;
}

export function createIntake(options: IntakeOptions): Intake {
	const {session, store, onRejected} = options;
	const seen = rememberSome(maxRemembered);
	const pending = new Set<Promise<void>>();
	const ended = rememberSome(maxRemembered);

	const reject = (error: KlingError, receivedAt: number) => {
		const hint = rejectionHints[error.code];
		const known = hint === undefined ? error : error.with({hint});
		onRejected({...known.toDocument(), event: 'rejected', received_at: receivedAt});
	};

	/** One delivery at a time: what is known about a task must not change in between. */
	let turn = Promise.resolve();
	const inTurn = (work: () => Promise<void>): Promise<void> => {
		const done = turn.then(work);
		turn = done.catch(() => {});
		return done;
	};

	const act = async (candidate: Candidate) => {
		const {stored, verdict} = candidate;
		try {
			const isSigned = verdict.kind === 'signed';
			const confirmed = isSigned ? candidate : await options.limit(() => lookUp(session, candidate));
			await inTurn(async () => {
				const {task} = confirmed;
				const isOutdated = await isOlder(session, task, ended.has(task.id));
				if (hasEnded(task.status)) ended.add(task.id);
				options.onAccepted(await accept(session, candidate, {...confirmed, isOutdated}));
			});
			if (!isSigned) store.keep(stored);
		} catch (error) {
			// It may be sent again, and then be confirmed.
			seen.forget(stored.id);
			reject(knownError(error).with({task_id: candidate.task.id}), stored.receivedAt);
		}
	};

	return {
		take(incoming) {
			const receivedAt = session.clock.now();
			let candidate: Candidate;
			try {
				candidate = judge(incoming, receivedAt, options);
			} catch (error) {
				const known = knownError(error);
				reject(known, receivedAt);
				return refusals[known.code] ?? 500;
			}
			const {stored, verdict} = candidate;
			if (seen.has(stored.id) || store.has(stored.id)) {
				session.notes.line(`Delivery ${stored.id} came again; nothing was done`);
				return 200;
			}
			if (verdict.kind === 'unsigned' && pending.size >= maxWaiting) return 503;
			seen.add(stored.id);
			// Before responding, so that no acknowledged delivery is lost.
			if (verdict.kind === 'signed') store.keep(stored);
			const work = act(candidate).finally(() => pending.delete(work));
			pending.add(work);
			return 204;
		},
		async settled() {
			while (pending.size > 0) await Promise.all(pending);
		},
	};
}

/** @throws KlingError `invalid_signature`, `invalid_delivery` */
function judge(
	{path, headers, body}: IncomingRequest,
	receivedAt: number,
	{secrets}: IntakeOptions,
): Candidate {
	// Without a secret a signature proves nothing.
	const verdict: SignatureResult =
		secrets.length === 0
			? {kind: 'unsigned'}
			: verifyDelivery(headers, body, {secrets, now: receivedAt, toleranceMs: defaultToleranceMs});
	const {task, standard} = readDelivery(body);
	const isSigned = verdict.kind === 'signed';
	// An unsigned id may be that of another delivery.
	const id = isSigned ? verdict.id : `body-${createHash('sha256').update(body).digest('hex').slice(0, 16)}`;
	const secret = isSigned ? verdict.secret.fingerprint : undefined;
	const stored = definedOnly({id, receivedAt, path, headers, body: body.toString('utf8'), secret});
	return {task, standard, verdict, stored};
}

/** What Kling itself says about the task of an unsigned delivery. */
async function lookUp(
	session: Session,
	{task}: Candidate,
): Promise<{task: Task; type: TaskName | undefined}> {
	const entry = session.journal.find(task.id);
	const found = await getTask(session, task.id, entry?.type).catch((error: unknown) => {
		if (error instanceof KlingError && error.code === 'task_not_found') throw forged(task);
		throw error;
	});
	// Some references stand for other tasks, for example external ids.
	if (found.task.id === task.id) return found;
	throw forged(task);
}

const forged = ({id}: Task) =>
	new KlingError('task_not_found', `The delivery proves nothing, and Kling knows no task ${id}`, {
		task_id: id,
		hint: 'Someone else may have sent it. Signed deliveries need no lookup: set the webhook secret of the account.',
	});

/** The journal's entry for a task. */
async function entryOf({journal}: Session, {id, externalId}: Task): Promise<JournalEntry | undefined> {
	return journal.find(id) ?? (externalId === undefined ? undefined : journal.find(externalId));
}

/** Whether a task is known to be further than a delivery says. */
async function isOlder(session: Session, task: Task, isKnownToHaveEnded: boolean): Promise<boolean> {
	if (hasEnded(task.status)) return false;
	return isKnownToHaveEnded || hasEnded((await entryOf(session, task))?.status);
}

async function accept(
	session: Session,
	{stored, standard, verdict}: Candidate,
	{task, type, isOutdated}: {task: Task; type?: TaskName | undefined; isOutdated: boolean},
): Promise<Accepted> {
	const entry = await entryOf(session, task);
	if (entry && !isOutdated) session.journal.saw(entry.type, task);
	if (hasEnded(task.status)) wakeOthers(session, task);
	return {
		stored,
		document: definedOnly({
			success: true,
			event: 'delivery',
			delivery_id: stored.id,
			received_at: stored.receivedAt,
			verified: verdict.kind === 'signed' ? 'signature' : 'lookup',
			standard,
			outdated: isOutdated || undefined,
			...taskFields(task, entry?.type ?? type),
		}),
	};
}

const hasEnded = (status: string | undefined) => status === 'succeed' || status === 'failed';

function wakeOthers({journal, notes}: Session, task: Task): void {
	try {
		announceEnd(journal.folder, task);
	} catch (error) {
		notes.line(`Warning: waiting processes could not be woken: ${knownError(error).said}`);
	}
}

function taskFields(task: Task, type: TaskName | undefined) {
	try {
		const {success, ...fields} = statusDocument(task, type, true);
		return fields;
	} catch (error) {
		if (!(error instanceof KlingError)) throw error;
		const {id: task_id, status, externalId: external_task_id} = task;
		return {task_id, status, type, external_task_id, error: error.toDocument().error};
	}
}

/** The newest of many ids. */
function rememberSome(size: number) {
	const ids = new Set<string>();
	return {
		has: (id: string) => ids.has(id),
		forget: (id: string) => void ids.delete(id),
		add(id: string) {
			ids.add(id);
			const [oldest] = ids;
			if (ids.size > size && oldest !== undefined) ids.delete(oldest);
		},
	};
}
