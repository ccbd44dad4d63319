/** `std` 720p, `pro` 1080p, `4k` 2160p. */
export const modes = ['std', 'pro', '4k'] as const;

export type Mode = (typeof modes)[number];

/** The modes, and the durations in seconds if not all of the model's, in which a feature works. */
export interface Combination {
	modes: readonly Mode[];
	durations?: readonly number[];
}

export interface Model {
	/**
	 * `off`: the API refuses it. `retired`: its end was announced for 2026-09-15. `unknown`: nothing is
	 * known.
	 */
	state: 'live' | 'retired' | 'unknown' | 'off';
	/** The task types that accept it. */
	types: readonly string[];
	/** Seconds. */
	durations: readonly number[];
	/** A subset for requests with only text and frames. */
	plainDurations?: readonly number[];
	/** Empty when the model takes no `mode`. The first is the cheapest. */
	modes: readonly Mode[];
	/** The mode that commands send when none is requested. Default: the first of `modes`. */
	defaultMode?: Mode;
	/** `ignored`: `sound: on` is accepted, but according to the model map it has no effect. */
	sound?: Combination | 'ignored';
	negativePrompt?: boolean;
	cfgScale?: boolean;
	/**
	 * `tailAlone`: a last frame works without a first one. `silentOnly`: not together with sound.
	 * `framesOnly`: not together with further pictures or elements.
	 */
	lastFrame?: Combination & {tailAlone?: boolean; silentOnly?: boolean; framesOnly?: boolean};
	/** `simpleOnly`: no presets. */
	camera?: Combination & {type: string; simpleOnly?: boolean};
	/** Motion brush: static and dynamic masks. */
	masks?: Combination;
	voices?: Combination;
	elements?: boolean;
	multiShot?: boolean;
	/** Whether video-extend can lengthen its clips. */
	extendable?: boolean;
	/** The model on the newer standard; undefined when it is not available there. */
	newer?: NewerModel;
	/** Not available on the older standard. */
	isNewerOnly?: true;
	/** Units per second; undefined when unknown (docs/kling-api.md §14). */
	rates?: Rates;
	/** Typical seconds per task, if they differ from the type's (docs/kling-api.md §13). */
	seconds?: number;
}

/** A model on the newer standard (docs/kling-api.md §15). */
export interface NewerModel {
	/** Its name in the path. */
	name: string;
	/** Whether it has a sound setting. Without one, the model decides. */
	audio?: true;
	/** Whether it takes `multi_shot`, which defaults to true there. */
	multiShotSetting?: true;
	/** The types whose prompt may have 3072 characters instead of 2500. */
	longPrompts?: readonly string[];
}

type Rate = Partial<Record<Mode, number>>;

/** Units per second by mode. A missing rate equals `silent`. */
interface Rates {
	silent: Rate;
	sound?: Rate;
	/** Sound with voices. */
	voices?: Rate;
	/** With a reference video. */
	video?: Rate;
	/** Motion control. */
	motion?: Rate;
}

const seconds = (from: number, to: number) => Array.from({length: to - from + 1}, (_, index) => from + index);
const fiveOrTen = [5, 10];
const stdAndPro: readonly Mode[] = ['std', 'pro'];
const everyMode: readonly Mode[] = modes;
const textAndImage: readonly string[] = ['text2video', 'image2video'];
const textImageAndMotion: readonly string[] = [...textAndImage, 'motion'];

/**
 * THE table of models: what each one can do. Sources: docs/kling-api.md §1 (state), §6 and §7 (the official
 * map), §9 (texts seen live). The sandbox refuses a model that is not listed; commands pass it on.
 */
export const models: Readonly<Record<string, Model>> = {
	'kling-v1': {
		state: 'off',
		types: textAndImage,
		durations: fiveOrTen,
		modes: stdAndPro,
		negativePrompt: true,
		cfgScale: true,
		lastFrame: {modes: stdAndPro, durations: [5]},
		camera: {type: 'text2video', modes: ['std'], durations: [5]},
		masks: {modes: stdAndPro, durations: [5]},
		extendable: true,
	},
	'kling-v1-5': {
		state: 'retired',
		types: ['image2video'],
		durations: fiveOrTen,
		modes: stdAndPro,
		negativePrompt: true,
		cfgScale: true,
		lastFrame: {modes: ['pro'], tailAlone: true},
		camera: {type: 'image2video', modes: ['pro'], durations: [5], simpleOnly: true},
		masks: {modes: ['pro'], durations: [5]},
		extendable: true,
	},
	'kling-v1-6': {
		state: 'retired',
		types: textAndImage,
		durations: fiveOrTen,
		modes: stdAndPro,
		negativePrompt: true,
		cfgScale: true,
		lastFrame: {modes: ['pro'], tailAlone: true},
		extendable: true,
	},
	'kling-v2-master': {
		state: 'unknown',
		types: textAndImage,
		durations: fiveOrTen,
		modes: [],
		negativePrompt: true,
	},
	'kling-v2-1': {
		state: 'retired',
		types: ['image2video'],
		durations: fiveOrTen,
		modes: stdAndPro,
		negativePrompt: true,
		lastFrame: {modes: ['pro']},
	},
	'kling-v2-1-master': {
		state: 'retired',
		types: textAndImage,
		durations: fiveOrTen,
		modes: [],
		negativePrompt: true,
	},
	'kling-v2-5-turbo': {
		state: 'live',
		types: textAndImage,
		durations: fiveOrTen,
		modes: stdAndPro,
		sound: 'ignored',
		negativePrompt: true,
		lastFrame: {modes: ['pro']},
		newer: {name: 'kling-2.5-turbo'},
		rates: {silent: {std: 0.3, pro: 0.5}},
		seconds: 55,
	},
	// One production log shows `mode value 'std' is invalid` for v2-6 (§7), but the documentation and the
	// price list include std.
	'kling-v2-6': {
		state: 'live',
		types: textImageAndMotion,
		durations: fiveOrTen,
		modes: stdAndPro,
		defaultMode: 'pro',
		sound: {modes: ['pro']},
		negativePrompt: true,
		lastFrame: {modes: ['pro'], silentOnly: true},
		voices: {modes: ['pro']},
		newer: {name: 'kling-2.6', audio: true},
		rates: {silent: {std: 0.3, pro: 0.5}, sound: {pro: 1}, voices: {pro: 1.2}, motion: {std: 0.5, pro: 0.8}},
	},
	'kling-v3': {
		state: 'live',
		types: textImageAndMotion,
		durations: seconds(3, 15),
		modes: everyMode,
		sound: {modes: everyMode},
		negativePrompt: true,
		// Undocumented for v3, therefore allowed.
		cfgScale: true,
		lastFrame: {modes: everyMode},
		elements: true,
		multiShot: true,
		newer: {
			name: 'kling-3.0',
			audio: true,
			multiShotSetting: true,
			longPrompts: ['text2video', 'image2video'],
		},
		rates: {silent: {std: 0.6, pro: 0.8, '4k': 3}, sound: {std: 0.9, pro: 1.2}, motion: {std: 0.9, pro: 1.2}},
	},
	'kling-3.0-turbo': {
		state: 'live',
		isNewerOnly: true,
		types: textAndImage,
		durations: seconds(3, 15),
		modes: stdAndPro,
		// It always makes sound.
		sound: {modes: stdAndPro},
		multiShot: true,
		newer: {name: 'kling-3.0-turbo', longPrompts: ['text2video']},
		rates: {silent: {std: 0.8, pro: 1}},
		seconds: 28,
	},
	'kling-v3-omni': {
		state: 'live',
		types: ['create'],
		durations: seconds(3, 15),
		modes: everyMode,
		sound: {modes: everyMode},
		lastFrame: {modes: everyMode},
		elements: true,
		multiShot: true,
		newer: {name: 'kling-3.0-omni', audio: true, multiShotSetting: true, longPrompts: ['create']},
		rates: {
			silent: {std: 0.6, pro: 0.8, '4k': 3},
			sound: {std: 0.8, pro: 1},
			video: {std: 0.9, pro: 1.2},
		},
		seconds: 83,
	},
	'kling-video-o1': {
		state: 'live',
		types: ['create'],
		durations: seconds(3, 10),
		plainDurations: fiveOrTen,
		modes: stdAndPro,
		lastFrame: {modes: stdAndPro, framesOnly: true},
		elements: true,
		newer: {name: 'kling-o1', audio: true},
		rates: {silent: {std: 0.6, pro: 0.8}, video: {std: 0.9, pro: 1.2}},
	},
};

/** The row of a model; undefined when it is not in the table. */
export const modelOf = (name: string | undefined): Model | undefined =>
	name !== undefined && Object.hasOwn(models, name) ? models[name] : undefined;
