import type {Description} from './task.js';

type Rate = Partial<Record<'std' | 'pro' | '4k', number>>;

/** Units per second; if a value is missing, `silent` applies. */
interface Rates {
	silent: Rate;
	sound?: Rate;
	voices?: Rate;
	/** If a clip is given. */
	video?: Rate;
}

// docs/kling-api.md §14
const rates: Readonly<Record<string, Rates>> = {
	'kling-v2-5-turbo': {silent: {std: 0.3, pro: 0.5}},
	'kling-v2-6': {silent: {std: 0.3, pro: 0.5}, sound: {pro: 1}, voices: {pro: 1.2}},
	'kling-v3': {silent: {std: 0.6, pro: 0.8, '4k': 3}, sound: {std: 0.9, pro: 1.2}},
	'kling-v3-turbo': {silent: {std: 0.8, pro: 1}},
	'kling-v3-omni': {
		silent: {std: 0.6, pro: 0.8, '4k': 3},
		sound: {std: 0.8, pro: 1},
		video: {std: 0.9, pro: 1.2},
	},
	'kling-video-o1': {silent: {std: 0.6, pro: 0.8}, video: {std: 0.9, pro: 1.2}},
};

// Motion control: docs/kling-api.md §14.
const motionRates: Readonly<Record<string, Rate>> = {
	'kling-v2-6': {std: 0.5, pro: 0.8},
	'kling-v3': {std: 0.9, pro: 1.2},
};

/** A sum of units, without the noise of binary fractions. */
export const units = (rate: number | undefined, times: number): number | undefined =>
	rate === undefined ? undefined : Math.round(rate * times * 100) / 100;

/** What a clip of a given duration costs; undefined for a model that is not on the list. */
export function clipUnits({model = '', mode = 'std', sound, video, voices}: Description, seconds: number) {
	const ofModel = Object.hasOwn(rates, model) ? rates[model] : undefined;
	const kind = video ? 'video' : sound !== 'native' ? 'silent' : voices ? 'voices' : 'sound';
	return units(ofModel?.[kind]?.[mode] ?? ofModel?.silent[mode], Math.round(seconds));
}

export const motionUnits = ({model = '', mode = 'std'}: Description, seconds: number) =>
	units(motionRates[model]?.[mode], Math.round(seconds));
