import {KlingError} from '../errors/kling-error.js';
import {limits} from './limits.js';

/** A moving area of the picture: its mask and its path. */
export interface MovingMask {
	/** File or URL of the mask. */
	source: string;
	/** Pixels, counted from the bottom left. */
	path: readonly Readonly<{x: number; y: number}>[];
}

const {fewestPoints, maxPoints} = limits;

/**
 * Parses a mask and its path, written as `FILE:x,y;x,y`. The points are taken from the end, so the file may
 * be a URL or contain a colon.
 * @throws KlingError `invalid_mask`
 */
export function parseMovingMask(input: string): MovingMask {
	const bad = (rule: string) => new KlingError('invalid_mask', `--dynamic-mask '${input}' ${rule}`);
	const [, source = '', points = ''] = /^(.+):\s*(-?\d+\s*,[\d\s,;-]*)$/su.exec(input) ?? [];
	if (source === '')
		throw bad('does not end with a colon and the points of its path, such as :100,200;150,260');
	const path = points.split(';').map((point) => {
		const [, x, y] = /^\s*(-?\d+)\s*,\s*(-?\d+)\s*$/.exec(point) ?? [];
		if (x === undefined || y === undefined)
			throw bad(`has the point '${point}', which is not X,Y in whole pixels`);
		return {x: Number(x), y: Number(y)};
	});
	if (path.length < fewestPoints || path.length > maxPoints) {
		throw bad(`has ${path.length} points; ${fewestPoints} to ${maxPoints} are allowed`);
	}
	return {source: source.trim(), path};
}
