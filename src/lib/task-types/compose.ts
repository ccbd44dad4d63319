import {definedOnly, KlingError} from '../errors/kling-error.js';
import type {CameraControl} from '../inputs/camera.js';
import {type Shot, secondsOf, shotFields} from '../inputs/shots.js';
import type {RequestBody} from './facts.js';
import {type Mode, models} from './models.js';

/** What the commands send when no model is asked for: the newest that is believed live (docs/kling-api.md §1). */
export const commandModels = {
	create: 'kling-v3-omni',
	text2video: 'kling-v3',
	image2video: 'kling-v3',
} as const;

export const ratios = ['16:9', '9:16', '1:1'] as const;

export type Ratio = (typeof ratios)[number];

/** The length of a video when none is asked for; every model makes it. Seconds. */
export const usualSeconds = 5;

/** An option that may be left out, as flags are. */
type Optional<T> = {[K in keyof T]?: T[K] | undefined};

interface Scene
	extends Optional<{
		prompt: string;
		mode: Mode;
		/** Seconds. */
		duration: number;
		sound: boolean;
		watermark: boolean;
		shots: readonly Shot[];
		/** The model makes the shots. */
		autoShots: boolean;
	}> {
	model: string;
}

interface Classic
	extends Scene,
		Optional<{
			negative: string;
			/** 0-1 */
			cfgScale: number;
			camera: CameraControl;
		}> {}

export interface CreateOptions
	extends Scene,
		Optional<{
			ratio: Ratio;
			/** Addresses or bare Base64, as all pictures here. */
			firstFrame: string;
			lastFrame: string;
			refImages: readonly string[];
			elements: readonly bigint[];
			/** Address of a clip to borrow from. */
			refVideo: string;
			/** Address of a clip to edit. */
			baseVideo: string;
			keepSound: boolean;
		}> {}

export interface Text2videoOptions extends Classic, Optional<{ratio: Ratio}> {}

export interface Image2videoOptions
	extends Classic,
		Optional<{
			image: string;
			lastFrame: string;
			staticMask: string;
			dynamicMasks: readonly {mask: string; path: readonly {x: number; y: number}[]}[];
			voices: readonly string[];
			elements: readonly bigint[];
		}> {}

interface ExtendOptions
	extends Optional<{prompt: string; negative: string; cfgScale: number; watermark: boolean}> {
	videoId: string;
}

interface AddSoundOptions
	extends Optional<{
		videoId: string;
		/** Address of a video; either this or `videoId`. */
		url: string;
		/** Sound effects to make. */
		sound: string;
		/** Background music to make. */
		bgm: string;
		asmr: boolean;
	}> {}

/** What a user asks for, in no API's words: a request of each type. */
export interface TaskRequests {
	create: CreateOptions;
	text2video: Text2videoOptions;
	image2video: Image2videoOptions;
	extend: ExtendOptions;
	'add-sound': AddSoundOptions;
}

/**
 * The body of omni-video (docs/kling-api.md §6.1). Pictures are counted as `<<<image_N>>>` in this order: first
 * frame, last frame, references.
 * @throws KlingError `conflicting_input` for options that contradict each other, `invalid_shot`
 */
export function composeCreate(options: CreateOptions): RequestBody {
	const {firstFrame, lastFrame, refImages = [], baseVideo} = options;
	const pictures = [
		...(firstFrame === undefined ? [] : [{image_url: firstFrame, type: 'first_frame'}]),
		...(lastFrame === undefined ? [] : [{image_url: lastFrame, type: 'end_frame'}]),
		...refImages.map((image_url) => ({image_url})),
	];
	return definedOnly({
		// The result of an edit is as long as its input.
		...sceneFields(options, baseVideo === undefined),
		image_list: filled(pictures),
		element_list: elementList(options.elements),
		video_list: videoList(options),
		aspect_ratio: ratioOf(options),
	});
}

/**
 * The body of text2video (docs/kling-api.md §6.2).
 * @throws KlingError `conflicting_input`, `invalid_shot`
 */
export function composeText2video(options: Text2videoOptions): RequestBody {
	return definedOnly({...classicFields(options), aspect_ratio: options.ratio ?? ratios[0]});
}

/**
 * The body of image2video (docs/kling-api.md §6.3).
 * @throws KlingError `conflicting_input`, `invalid_shot`
 */
export function composeImage2video(options: Image2videoOptions): RequestBody {
	const {image, lastFrame, staticMask, dynamicMasks = [], voices = []} = options;
	return definedOnly({
		...classicFields(options),
		image,
		image_tail: lastFrame,
		static_mask: staticMask,
		dynamic_masks: filled(dynamicMasks.map(({mask, path}) => ({mask, trajectories: path}))),
		voice_list: filled(voices.map((voice_id) => ({voice_id}))),
		element_list: elementList(options.elements),
	});
}

/** The body of video-extend (docs/kling-api.md §6.4). */
function composeExtend({videoId, prompt, negative, cfgScale, watermark}: ExtendOptions): RequestBody {
	return definedOnly({
		video_id: videoId,
		prompt: prompt || undefined,
		negative_prompt: negative || undefined,
		cfg_scale: cfgScale,
		watermark_info: watermark ? {enabled: true} : undefined,
	});
}

/** The body of video-to-audio (docs/kling-api.md §6.5). */
function composeAddSound({videoId, url, sound, bgm, asmr}: AddSoundOptions): RequestBody {
	return definedOnly({
		video_id: videoId,
		video_url: url,
		sound_effect_prompt: sound || undefined,
		bgm_prompt: bgm || undefined,
		asmr_mode: asmr || undefined,
	});
}

/** What turns a request of each type into the body that the API takes. */
export const composers: {readonly [T in keyof TaskRequests]: (request: TaskRequests[T]) => RequestBody} = {
	create: composeCreate,
	text2video: composeText2video,
	image2video: composeImage2video,
	extend: composeExtend,
	'add-sound': composeAddSound,
};

function sceneFields(options: Scene, hasLength = true): object {
	const {model, prompt, shots = [], autoShots = false} = options;
	const known = Object.hasOwn(models, model) ? models[model] : undefined;
	// Nothing is made up for a model that is not known: Kling's defaults are the better guess.
	const usual = known && hasLength ? usualSeconds : undefined;
	const seconds = options.duration ?? (shots.length > 0 ? secondsOf(shots) : usual);
	return {
		model_name: model,
		prompt: prompt || undefined,
		...shotFields(shots, autoShots),
		sound: options.sound ? 'on' : undefined,
		mode: options.mode ?? known?.defaultMode ?? known?.modes[0],
		duration: seconds === undefined ? undefined : String(seconds),
		watermark_info: options.watermark ? {enabled: true} : undefined,
	};
}

const classicFields = (options: Classic): object => ({
	...sceneFields(options),
	negative_prompt: options.negative || undefined,
	cfg_scale: options.cfgScale,
	camera_control: options.camera,
});

function videoList({refVideo, baseVideo, keepSound}: CreateOptions): object[] | undefined {
	if (refVideo !== undefined && baseVideo !== undefined) {
		throw new KlingError('conflicting_input', 'Both --ref-video and --base-video were given', {
			hint: 'Kling takes one video: --ref-video to borrow from it, --base-video to edit it.',
		});
	}
	const url = refVideo ?? baseVideo;
	if (url === undefined) {
		if (keepSound === undefined) return undefined;
		throw new KlingError('conflicting_input', '--keep-sound is about a video, and none was given', {
			hint: 'Add --ref-video URL or --base-video URL, or leave it out.',
		});
	}
	const isBase = baseVideo !== undefined;
	// Kling documents no default. An edit keeps what it does not change; what is borrowed is the picture.
	const keep = keepSound ?? isBase;
	return [
		{video_url: url, refer_type: isBase ? 'base' : 'feature', keep_original_sound: keep ? 'yes' : 'no'},
	];
}

/** Needed where no picture or clip decides it, and left out where one does. */
function ratioOf({ratio, firstFrame, refVideo, baseVideo}: CreateOptions): Ratio | undefined {
	const decider =
		baseVideo !== undefined
			? '--base-video'
			: firstFrame !== undefined && refVideo === undefined
				? '--first-frame'
				: undefined;
	if (decider === undefined) return ratio ?? ratios[0];
	if (ratio === undefined) return undefined;
	throw new KlingError('conflicting_input', `${decider} decides the ratio of the video: leave out --ratio`);
}

const filled = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

const elementList = (ids: readonly bigint[] = []) => filled(ids.map((element_id) => ({element_id})));
