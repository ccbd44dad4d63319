import {KlingError} from '../errors/kling-error.js';
import type {Size} from './image.js';
import {limits} from './limits.js';

/** How much each side of a picture grows, as shares of its height and width. */
export interface Expansion {
	up: number;
	down: number;
	left: number;
	right: number;
}

const unreachable = (ratio: string, rule: string) =>
	new KlingError('conflicting_input', `--ratio ${ratio} ${rule}`, {
		hint: 'Choose a ratio that is nearer to that of the picture, or give --up, --down, --left and --right.',
	});

/**
 * What to add around a picture to reach another ratio, split evenly between opposite sides.
 * @param ratio such as 16:9
 * @param area the wanted area as a multiple of the old one. Default: the smallest with that ratio.
 * @throws KlingError `conflicting_input` when the ratio cannot be reached this way
 */
export function expansionTo({width, height}: Size, ratio: string, area?: number): Expansion {
	const [across = 1, down = 1] = ratio.split(':').map(Number);
	const wanted = across / down;
	const least = {width: Math.max(width, height * wanted), height: Math.max(height, width / wanted)};
	const scale = area === undefined ? 1 : Math.sqrt((area * width * height) / (least.width * least.height));
	const share = (total: number, side: number) => ((total * scale) / side - 1) / 2;
	const [x, y] = [share(least.width, width), share(least.height, height)];
	if (x < -1e-9 || y < -1e-9) throw unreachable(ratio, `needs more than ${area} times the area`);
	if (Math.max(x, y) > limits.expansion) throw unreachable(ratio, 'is too far from that of the picture');
	const round = (value: number) => Math.max(0, Math.floor(value * 1e6) / 1e6);
	return {up: round(y), down: round(y), left: round(x), right: round(x)};
}
