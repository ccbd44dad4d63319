import {isSameRequest, type JournalEntry} from '../journal/journal.js';
import {isPaidCall, type PaidCall} from '../task-types/calls.js';
import type {Session} from './task-context.js';

/**
 * Milliseconds for which a result can be reused. Source: docs/kling-api.md, the session of a face detection.
 */
const usableMs = 24 * 3_600_000;
/** Milliseconds for which a repeated command line without an external id counts as the same work. */
const sameWorkMs = 3_600_000;
/** Most bytes of the journal that are searched. */
const maxSearchedBytes = 2_000_000;

type Place = Pick<Session, 'journal' | 'clock'>;

/** The result of a paid call that no task has used yet. */
export interface PaidStep {
	/** What Kling calls it. */
	id: string;
	result: Record<string, unknown>;
	/** Its cost: a decimal. */
	units: string | undefined;
}

/** Journal entries younger than this many milliseconds, newest first. */
function* youngerThan(ms: number, {journal, clock}: Place): Generator<JournalEntry, void, undefined> {
	for (const entry of journal.newestFirst(maxSearchedBytes)) {
		if (clock.now() - entry.submittedAt > ms) return;
		yield entry;
	}
}

/** Whether the same call recently ended without a response. */
export function isOpen(place: Place, call: PaidCall, body: object): boolean {
	for (const entry of youngerThan(sameWorkMs, place)) {
		if (entry.type === call && isSameRequest(entry, body)) return entry.outcome === 'unknown';
	}
	return false;
}

/**
 * Finds the unused result of a call that an earlier, interrupted run has paid for: the same call for the same
 * external id, or a recent one without an external id.
 * @param stepOf external id of the task that the call is made for
 */
export function findPaidStep(
	place: Place,
	call: PaidCall,
	body: object,
	stepOf: string | undefined,
): PaidStep | undefined {
	const submitted: string[] = [];
	for (const entry of youngerThan(stepOf === undefined ? sameWorkMs : usableMs, place)) {
		const {type, outcome, taskId: id, result, units, request} = entry;
		if (!isPaidCall(type) && outcome === 'made') submitted.push(JSON.stringify(request));
		if (type !== call || outcome !== 'made' || id === undefined || result === undefined) continue;
		if (entry.stepOf !== stepOf || !isSameRequest(entry, body)) continue;
		// Requests that used a result contain its id.
		const names = [id, result.audio_id].filter((name) => typeof name === 'string').map((name) => `"${name}"`);
		if (submitted.some((text) => names.some((name) => text.includes(name)))) return undefined;
		return {id, result, units};
	}
	return undefined;
}
