import type {Clock} from './clock.js';
import {findImageFault} from './images.js';
import {readRehearsal, unreachable, unreachableText} from './prompts.js';
import {missingReference} from './references.js';
import {type Reply, refusals} from './reply.js';
import type {State} from './state.js';
import type {Pack, SandboxTask} from './task.js';
import type {Planned} from './types/definition.js';

/** A request for a task, as read by its standard and its type. */
export interface Submission {
	type: string;
	pack: Pack;
	/** The whole body: any text in it may ask for a failure. */
	body: object;
	pictures: readonly unknown[];
	/** The size limit of an inline picture; if left out, 10 MB. */
	pictureMegabytes?: number;
	externalId: string | undefined;
	callbackUrl: unknown;
	watermark?: boolean | undefined;
	isNewer?: boolean;
	plan(): Planned | {refused: string};
}

export interface Timing {
	/** Real time, Unix ms. */
	createdAt: number;
	/** When its typical time starts to count, if not at `createdAt`; real time, Unix ms. */
	countsFrom?: number;
}

const queuedShare = 0.1;
// Moderation ends a task early.
const failedShare = 0.3;

/** Decides everything that will happen to a task. */
export function makeTask(
	id: string,
	{
		type,
		pack,
		externalId,
		watermark,
		isNewer,
	}: Omit<Submission, 'plan' | 'body' | 'pictures' | 'callbackUrl'>,
	planned: Planned & {failure?: string | undefined},
	clock: Clock,
	{createdAt, countsFrom = createdAt}: Timing,
): SandboxTask {
	const {failure, result, units, about = {}, parent, slots = 1} = planned;
	const totalMs = planned.seconds * 1000 * (failure ? failedShare : 1);
	return {
		id,
		type,
		pack,
		externalId,
		createdAt,
		foundFrom: undefined,
		processingAt: clock.after(createdAt, totalMs * queuedShare),
		endsAt: clock.after(countsFrom, totalMs),
		failure,
		parent,
		result,
		watermark,
		units: failure === undefined ? units : 0,
		about,
		slots,
		isNewer: isNewer === true,
		deleted: false,
		seed: false,
	};
}

/**
 * Makes the task of a request whose values are good, or says why not. The README gives the order of the checks.
 * @param hiddenMs how long no lookup finds it
 */
export function submit(submission: Submission, state: State, hiddenMs = 0): SandboxTask | Reply {
	const {store, clock, callbacks, slots} = state;
	const {isRejected, failure} = readRehearsal(submission.body);
	if (isRejected) return refusals.contentPolicy();
	const imageFault = findImageFault(submission.pictures, submission.pictureMegabytes);
	if (imageFault && 'refused' in imageFault) return refusals.badValue(imageFault.refused);
	if (unreachable(submission.body)) return refusals.badValue(unreachableText);
	const missing = missingReference(submission.body, state);
	if (missing !== undefined) return refusals.badValue(missing);
	const planned = submission.plan();
	if ('refused' in planned) return refusals.badValue(planned.refused);
	const {externalId} = submission;
	if (externalId !== undefined && store.hasExternalId(externalId)) {
		return refusals.badValue(`External_task_id ${externalId} already exists`);
	}
	const createdAt = clock.now();
	if (store.slotsInUse(submission.pack, createdAt) + (planned.slots ?? 1) > slots) return refusals.noSlot();
	const fails = failure ?? imageFault?.failed;
	const task = makeTask(store.freshId(createdAt), submission, {...planned, failure: fails}, clock, {
		createdAt,
	});
	if (hiddenMs > 0) task.foundFrom = createdAt + hiddenMs;
	store.add(task);
	state.ledger.add(task);
	callbacks.watch(task, submission.callbackUrl);
	return task;
}

export const isRefusal = (made: SandboxTask | Reply): made is Reply => 'status' in made;
