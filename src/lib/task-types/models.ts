import type {TaskType} from './index.js';

/** `std` 720p, `pro` 1080p, `4k` 2160p. */
export type Mode = 'std' | 'pro' | '4k';

/** The modes, and the durations in seconds if not all of the model's, that a feature works with. */
export interface Combination {
	modes: readonly Mode[];
	durations?: readonly number[];
}

export interface Model {
	/** `off`: the API refuses it. `retired`: announced to end on 2026-09-15. `unknown`: nothing is known. */
	state: 'live' | 'retired' | 'unknown' | 'off';
	/** The create endpoints that take it. */
	types: readonly TaskType[];
	/** Seconds. */
	durations: readonly number[];
	/** Empty: the model takes no `mode`. The first is the cheapest. */
	modes: readonly Mode[];
	/** What commands send when no mode is asked for, if not the first of `modes`. */
	defaultMode?: Mode;
	/** `ignored`: `sound: on` is taken, but the model map knows no sound for it. */
	sound?: Combination | 'ignored';
	negativePrompt?: boolean;
	cfgScale?: boolean;
	/** `tailAlone`: a last frame without a first one; `silentOnly`: not together with sound. */
	lastFrame?: Combination & {tailAlone?: boolean; silentOnly?: boolean};
	/** `simpleOnly`: none of the presets. */
	camera?: Combination & {type: TaskType; simpleOnly?: boolean};
	/** Motion brush: static and dynamic masks. */
	masks?: Combination;
	voices?: Combination;
	elements?: boolean;
	multiShot?: boolean;
	/** Its clips can be lengthened by video-extend. */
	extendable?: boolean;
}

const seconds = (from: number, to: number) => Array.from({length: to - from + 1}, (_, index) => from + index);
const fiveOrTen = [5, 10];
const stdAndPro: readonly Mode[] = ['std', 'pro'];
const everyMode: readonly Mode[] = ['std', 'pro', '4k'];
const textAndImage: readonly TaskType[] = ['text2video', 'image2video'];

/**
 * THE table of models: what each one can do. Sources: docs/kling-api.md §1 (state), §6 and §7 (the official
 * map), §9 (texts seen live). A model that is not here is refused by the sandbox; commands pass it on.
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
	},
	// One production log shows `mode value 'std' is invalid` for v2-6 (§7); the docs and the price list have std.
	'kling-v2-6': {
		state: 'live',
		types: textAndImage,
		durations: fiveOrTen,
		modes: stdAndPro,
		defaultMode: 'pro',
		sound: {modes: ['pro']},
		negativePrompt: true,
		lastFrame: {modes: ['pro'], silentOnly: true},
		voices: {modes: ['pro']},
	},
	'kling-v3': {
		state: 'live',
		types: textAndImage,
		durations: seconds(3, 15),
		modes: everyMode,
		sound: {modes: everyMode},
		negativePrompt: true,
		// Undocumented for v3, so it is let through.
		cfgScale: true,
		lastFrame: {modes: everyMode},
		elements: true,
		multiShot: true,
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
	},
	'kling-video-o1': {
		state: 'live',
		types: ['create'],
		durations: seconds(3, 10),
		modes: stdAndPro,
		lastFrame: {modes: stdAndPro},
		elements: true,
	},
};

/**
 * The model that the API takes when `model_name` is left out (§6); extend and add-sound have none.
 * Those of text2video and image2video are switched off, so a request without a name fails there; commands
 * always send one (compose.ts).
 */
export const defaultModels: Readonly<Partial<Record<TaskType, string>>> = {
	create: 'kling-video-o1',
	text2video: 'kling-v1',
	image2video: 'kling-v1',
};
