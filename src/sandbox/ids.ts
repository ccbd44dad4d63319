import {randomInt} from 'node:crypto';

/**
 * Ids as Kling makes them (docs/kling-api.md §5): 18 digits; those of one task share the first nine, and the
 * tenth tells them apart, so a task id is never a video id.
 */
export interface TaskIds {
	id: string;
	videoId: string;
	audioId: string;
}

const tail = () => String(randomInt(1e8)).padStart(8, '0');

/** Fresh ids for a task made at `now` (Unix ms). */
export function makeIds(now: number): TaskIds {
	// Seeds start with 900000000, which is left to them.
	const head = `9${String(1 + (Math.floor(now / 1000) % 99_999_999)).padStart(8, '0')}`;
	return {id: `${head}0${tail()}`, videoId: `${head}1${tail()}`, audioId: `${head}2${tail()}`};
}

/** The ids of a seed, easy to remember: 101 is task 900000000000000101 with video 900000000123456101. */
export const seedIds = (number: number): TaskIds => ({
	id: `900000000000000${number}`,
	videoId: `900000000123456${number}`,
	audioId: `900000000223456${number}`,
});
