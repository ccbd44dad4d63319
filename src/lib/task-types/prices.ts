import {type RequestBody, requestFacts} from './facts.js';
import type {TaskType} from './index.js';
import type {Mode} from './models.js';

type Rate = Partial<Record<Mode, number>>;

/** Units a second; what is missing costs as much as `silent`. */
interface Rates {
	silent: Rate;
	sound?: Rate;
	/** Sound with voices. */
	voices?: Rate;
	/** With a reference video. */
	video?: Rate;
}

// docs/kling-api.md §14
const rates: Readonly<Record<string, Rates>> = {
	'kling-v2-5-turbo': {silent: {std: 0.3, pro: 0.5}},
	'kling-v2-6': {silent: {std: 0.3, pro: 0.5}, sound: {pro: 1}, voices: {pro: 1.2}},
	'kling-v3': {silent: {std: 0.6, pro: 0.8, '4k': 3}, sound: {std: 0.9, pro: 1.2}},
	'kling-v3-omni': {
		silent: {std: 0.6, pro: 0.8, '4k': 3},
		sound: {std: 0.8, pro: 1},
		video: {std: 0.9, pro: 1.2},
	},
	'kling-video-o1': {silent: {std: 0.6, pro: 0.8}, video: {std: 0.9, pro: 1.2}},
};

// A call costs the same however long the clip: add-sound by §14, extend by the example replies.
const flatUnits: Readonly<Partial<Record<TaskType, string>>> = {extend: '2', 'add-sound': '0.25'};

/**
 * Units that a create would cost by the price list of docs/kling-api.md §14: a decimal without trailing zeros,
 * or undefined when the list does not have the model or mode. `inputSeconds` is the length of a `base` video,
 * which is what such a task is billed on; without it the price of one is unknown.
 */
export function estimateUnits(type: TaskType, body: RequestBody, inputSeconds?: number): string | undefined {
	const flat = flatUnits[type];
	if (flat) return flat;
	const {modelName, mode, duration, sound, voices, video} = requestFacts(type, body);
	const ofModel = Object.hasOwn(rates, modelName) ? rates[modelName] : undefined;
	const kind = video ? 'video' : sound && voices > 0 ? 'voices' : sound ? 'sound' : 'silent';
	const rate = ofModel?.[kind]?.[mode] ?? ofModel?.silent[mode];
	const seconds = video === 'base' ? inputSeconds : duration;
	if (rate === undefined || seconds === undefined) return undefined;
	return String(Math.round(rate * Math.round(seconds) * 100) / 100);
}

// docs/kling-api.md §13: single observations, and the example replies where it is silent.
const typical: Readonly<Record<TaskType, {any: number; [model: string]: number}>> = {
	create: {any: 120, 'kling-v3-omni': 83},
	text2video: {any: 126, 'kling-v2-5-turbo': 55},
	image2video: {any: 229, 'kling-v2-5-turbo': 55},
	extend: {any: 180},
	'add-sound': {any: 23},
};

/** Seconds that a task of this type and model usually takes, an honest guess (docs/kling-api.md §13). */
export function typicalSeconds(type: TaskType, model = 'any'): number {
	const ofType = typical[type];
	return (Object.hasOwn(ofType, model) ? ofType[model] : undefined) ?? ofType.any;
}
