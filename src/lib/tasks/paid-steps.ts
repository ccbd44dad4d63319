import {isSameRequest, type JournalEntry} from '../journal/journal.js';
import {isPaidCall, type PaidCall} from '../task-types/calls.js';
import type {Session} from './task-context.js';

/** Milliseconds that a result can be used for. Source: docs/kling-api.md, the session of a face detection. */
const usableMs = 24 * 3_600_000;
/** Milliseconds in which the same line means the same work, where no external id says so. */
const sameWorkMs = 3_600_000;
/** Bytes of the journal that are looked through for it. */
const longestLook = 2_000_000;

type Place = Pick<Session, 'journal' | 'clock'>;

/** What a call made that was paid for, and that no task has used yet. */
export interface PaidStep {
	/** What Kling calls it. */
	id: string;
	result: Record<string, unknown>;
	/** What it cost, a decimal. */
	units: string | undefined;
}

/** Entries that are not older than so many milliseconds, the newest first. */
function* youngerThan(ms: number, {journal, clock}: Place): Generator<JournalEntry, void, undefined> {
	for (const entry of journal.newestFirst(longestLook)) {
		if (clock.now() - entry.submittedAt > ms) return;
		yield entry;
	}
}

/** Whether the same call ended without a response a short time ago. */
export function isOpen(place: Place, call: PaidCall, body: object): boolean {
	for (const entry of youngerThan(sameWorkMs, place)) {
		if (entry.type === call && isSameRequest(entry, body)) return entry.outcome === 'unknown';
	}
	return false;
}

/**
 * What an earlier run has paid for, and has not used because it was stopped: the same call, for the same external id, or without one a
 * short time ago.
 * @param stepOf the external id of the task that the call is made for
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
		// What it made is named by requests that used it.
		const names = [id, result.audio_id].filter((name) => typeof name === 'string').map((name) => `"${name}"`);
		if (submitted.some((text) => names.some((name) => text.includes(name)))) return undefined;
		return {id, result, units};
	}
	return undefined;
}
