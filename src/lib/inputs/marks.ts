import {KlingError} from '../errors/kling-error.js';

/** A point in a frame of a clip. */
export interface Mark {
	/** From 0. */
	frame: number;
	/** Shares of the width and height, 0-1. */
	x: number;
	y: number;
}

/** Source: docs/kling-api.md §8. */
const maxFrames = 10;
const maxPoints = 10;

/**
 * Parses `FRAME:X,Y`.
 * @throws KlingError `invalid_mark`
 */
export function parseMark(input: string): Mark {
	const [, frame, x, y] = /^\s*(\d{1,6})\s*:\s*(\d*\.?\d+)\s*,\s*(\d*\.?\d+)\s*$/.exec(input) ?? [];
	const mark = {frame: Number(frame), x: Number(x), y: Number(y)};
	if (frame !== undefined && mark.x <= 1 && mark.y <= 1) return mark;
	throw new KlingError('invalid_mark', `--mark '${input}' is not FRAME:X,Y, with X and Y from 0 to 1`);
}

/**
 * Groups the points by frame.
 * @throws KlingError `invalid_mark` for more than Kling accepts
 */
export function marksByFrame(marks: readonly Mark[]): [frame: number, points: {x: number; y: number}[]][] {
	const byFrame = new Map<number, {x: number; y: number}[]>();
	for (const {frame, x, y} of marks) byFrame.set(frame, [...(byFrame.get(frame) ?? []), {x, y}]);
	if (byFrame.size > maxFrames) {
		throw new KlingError('invalid_mark', `Marks are in ${byFrame.size} frames, and ${maxFrames} are allowed`);
	}
	const crowded = [...byFrame].find(([, points]) => points.length > maxPoints);
	if (crowded) {
		throw new KlingError(
			'invalid_mark',
			`Frame ${crowded[0]} has ${crowded[1].length} marks, and ${maxPoints} are allowed`,
		);
	}
	return [...byFrame];
}
