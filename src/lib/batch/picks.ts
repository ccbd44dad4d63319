import {readFileSync} from 'node:fs';
import {KlingError} from '../errors/kling-error.js';
import {readError} from '../fs/file-errors.js';

/** What was chosen of the takes of a shot (docs/batch-files.md). */
interface Pick {
	/** The take that is used. */
	take?: number;
	/** Takes that are not good enough. */
	rejected: readonly number[];
}

/** By id of the shot. */
export type Picks = ReadonlyMap<string, Pick>;

/** The file that the gallery writes beside a list. */
export const picksFile = 'picks.json';

const isTake = (value: unknown): value is number =>
	typeof value === 'number' && Number.isInteger(value) && value > 0;

/**
 * Reads what was chosen in the gallery.
 * @throws KlingError `read_error`, `invalid_manifest`
 */
export function readPicks(file: string): Picks {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		throw readError(error, file);
	}
	let parsed: unknown;
	try {
		parsed = JSON.parse(text);
	} catch {}
	const {version, picks} = Object(parsed) as {version?: unknown; picks?: unknown};
	if (version !== 1 || typeof picks !== 'object' || picks === null) {
		throw new KlingError('invalid_manifest', `${file} is no file of picks of version 1`, {
			path: file,
			hint: 'It holds {"version": 1, "picks": {"s1": {"take": 2, "rejected": [1]}}}.',
		});
	}
	return new Map(Object.entries(picks).map(([shot, pick]) => [shot, pickOf(pick)]));
}

function pickOf(value: unknown): Pick {
	const {take, rejected} = Object(value) as {take?: unknown; rejected?: unknown};
	return {
		...(isTake(take) && {take}),
		rejected: Array.isArray(rejected) ? rejected.filter(isTake) : [],
	};
}
