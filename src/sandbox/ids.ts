import {randomInt} from 'node:crypto';

/**
 * What an id can name besides a task. All ids that belong to one task share the first nine digits; the tenth distinguishes
 * them.
 */
export type IdKind = 'task' | 'video' | 'audio' | 'voice' | 'element' | 'session';

const digitOf: Readonly<Record<IdKind, string>> = {
	task: '0',
	video: '1',
	audio: '2',
	voice: '3',
	element: '4',
	session: '5',
};

/** The last digits differ by this, so that no id is another one with a digit changed. */
const shift = 23_456_000;
const ends = 1e8;

const endOf = (number: number) => String(number % ends).padStart(8, '0');

/** A new id for a task made at `now` (Unix ms): 18 digits (docs/kling-api.md §5). */
export function makeTaskId(now: number): string {
	// Seeds start with 900000000, which is reserved for them.
	const head = `9${String(1 + (Math.floor(now / 1000) % 99_999_999)).padStart(8, '0')}`;
	return `${head}0${endOf(randomInt(ends))}`;
}

/** The id of something that a task made. */
export function idOf(taskId: string, kind: IdKind): string {
	return taskId.slice(0, 9) + digitOf[kind] + endOf(Number(taskId.slice(10)) + shift);
}

/** The task that may have made something; undefined for an id of another kind or form. */
export function taskIdOf(id: string, kind: IdKind): string | undefined {
	if (!/^\d{18}$/.test(id) || id[9] !== digitOf[kind]) return undefined;
	return `${id.slice(0, 9)}0${endOf(Number(id.slice(10)) + ends - shift)}`;
}

/** The id of a seed, easy to remember: 101 is task 900000000000000101, with video 900000000123456101. */
export const seedId = (number: number): string => `900000000000000${number}`;
