import {KlingError} from '../errors/kling-error.js';
import {fileError, readError, systemCode} from '../fs/file-errors.js';
import {waitForLock} from '../fs/lock-file.js';
import {readRegularFile} from '../fs/regular-file.js';
import {preparedName, writeAtomically} from '../fs/write-atomic.js';
import type {Clock} from '../system/clock.js';
import {applyChange, type Change, emptyPicks, type Picks, type TakeReview} from './picks.js';

/** The file that the gallery writes next to a list, or into a folder of clips. */
export const picksName = 'picks.json';

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isPick = (value: unknown): value is {take: number | null} =>
	isObject(value) && (value.take === null || Number.isInteger(value.take));

function isOpinion(value: unknown): value is TakeReview {
	if (!isObject(value)) return false;
	const {rejected, rating, note} = value;
	return (
		(rejected === undefined || typeof rejected === 'boolean') &&
		(rating === undefined || (Number.isInteger(rating) && Number(rating) >= 1 && Number(rating) <= 5)) &&
		(note === undefined || typeof note === 'string')
	);
}

function isPicks(value: unknown): value is Picks {
	if (!isObject(value) || value.version !== 1 || !isObject(value.picks)) return false;
	const takes = value.takes ?? {};
	return (
		Object.values(value.picks).every(isPick) &&
		isObject(takes) &&
		Object.values(takes).every((ofShot) => isObject(ofShot) && Object.values(ofShot).every(isOpinion))
	);
}

/**
 * Reads picks.json.
 * @returns no picks if there is no file
 * @throws KlingError `read_error`, `invalid_picks`
 */
export function readPicks(file: string): Picks {
	let text: string;
	try {
		text = readRegularFile(file);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return emptyPicks;
		throw readError(error, file);
	}
	try {
		const picks: unknown = JSON.parse(text);
		if (isPicks(picks)) return {...emptyPicks, ...picks};
	} catch {
		// Reported below, with the name of the file.
	}
	throw new KlingError('invalid_picks', `${file} does not hold picks`, {
		path: file,
		hint: 'docs/gallery-guide.md shows what it should hold. Move the file away to start over.',
	});
}

/** Milliseconds for which a change waits for another one. */
const patienceMs = 10_000;

/**
 * Changes picks.json in one step. Several programs and windows may do so at once: each change is applied to the current
 * content.
 * @returns the new content
 * @throws KlingError `invalid_picks`, `read_error`, `write_error`, `disk_full`
 */
export async function changePicks(file: string, changes: readonly Change[], clock: Clock): Promise<Picks> {
	const lock = await waitForLock(`${file}.lock`, file, {clock, deadline: clock.now() + patienceMs});
	try {
		const picks = changes.reduce(applyChange, readPicks(file));
		writeAtomically(file, `${JSON.stringify(picks, null, 2)}\n`, {mode: 0o644, fresh: preparedName(file)});
		return picks;
	} catch (error) {
		throw error instanceof KlingError ? error : fileError(error, file);
	} finally {
		lock.release();
	}
}

/** A longer note is not cut but refused. */
const maxNoteLength = 2000;

/** Checks what a page sends. @throws KlingError `invalid_picks` */
export function parseChanges(body: unknown): Change[] {
	const changes = isObject(body) && Array.isArray(body.changes) ? body.changes : undefined;
	if (changes?.every(isChange)) return changes;
	throw new KlingError('invalid_picks', 'This is not a change of picks');
}

function isChange(value: unknown): value is Change {
	if (!isObject(value) || typeof value.shot !== 'string' || value.shot.length > 500) return false;
	const {pick, take, rejected, rating, note} = value;
	const isTake = (number: unknown) => Number.isInteger(number) && Number(number) >= 1;
	return (
		(pick === undefined || pick === null || pick === 'none' || isTake(pick)) &&
		(take === undefined || isTake(take)) &&
		(rejected === undefined || rejected === null || typeof rejected === 'boolean') &&
		(rating === undefined || rating === null || (isTake(rating) && Number(rating) <= 5)) &&
		(note === undefined || note === null || (typeof note === 'string' && note.length <= maxNoteLength))
	);
}
