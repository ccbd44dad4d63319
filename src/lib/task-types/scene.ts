import type {CameraControl} from '../inputs/camera.js';
import {type Shot, secondsOf, shotFields} from '../inputs/shots.js';
import {type Mode, models} from './models.js';

/** What the types that make a video from scratch have in common. */

export const ratios = ['16:9', '9:16', '1:1'] as const;

export type Ratio = (typeof ratios)[number];

export const usualRatio: Ratio = '16:9';

/** The length of a video when none is asked for; every model makes it. Seconds. */
export const usualSeconds = 5;

/** Options that may be left out, as flags are. */
export type Optional<T> = {[K in keyof T]?: T[K] | undefined};

export interface Scene
	extends Optional<{
		prompt: string;
		mode: Mode;
		/** Seconds. */
		duration: number;
		sound: boolean;
		watermark: boolean;
		/** Lets a model pass that the table does not have. */
		allowUnknownModel: boolean;
		shots: readonly Shot[];
		/** The model makes the shots. */
		autoShots: boolean;
	}> {
	model: string;
}

/** Of text2video and image2video. */
export interface ClassicScene
	extends Scene,
		Optional<{
			negative: string;
			/** 0-1 */
			cfgScale: number;
			camera: CameraControl;
		}> {}

/**
 * The fields of a v1 body that every such type has.
 * @param hasLength false where an input decides how long the result is
 * @throws KlingError `conflicting_input` for shots of both kinds, `invalid_shot`
 */
export function sceneFields(options: Scene, hasLength = true): object {
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
		watermark_info: watermarkField(options.watermark),
	};
}

export const classicFields = (options: ClassicScene): object => ({
	...sceneFields(options),
	negative_prompt: options.negative || undefined,
	cfg_scale: options.cfgScale,
	camera_control: options.camera,
});

export const watermarkField = (wanted: boolean | undefined) => (wanted ? {enabled: true} : undefined);

export const filled = <T>(list: readonly T[]): readonly T[] | undefined =>
	list.length > 0 ? list : undefined;

export const elementList = (ids: readonly bigint[] = []) => filled(ids.map((element_id) => ({element_id})));
