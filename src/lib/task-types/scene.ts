import type {CameraControl} from '../inputs/camera.js';
import {type Shot, secondsOf, shotFields} from '../inputs/shots.js';
import {type Mode, models} from './models.js';

/** What the types that make a video from scratch have in common. */

export const ratios = ['16:9', '9:16', '1:1'] as const;

export type Ratio = (typeof ratios)[number];

export const defaultRatio: Ratio = '16:9';

/** The default length of a video in seconds. Every model supports it. */
export const defaultSeconds = 5;

/** Makes fields optional, like flags. */
export type Optional<T> = {[K in keyof T]?: T[K] | undefined};

export interface Scene
	extends Optional<{
		prompt: string;
		mode: Mode;
		/** Seconds. */
		duration: number;
		sound: boolean;
		watermark: boolean;
		/** Allows a model that is not in the table. */
		allowUnknownModel: boolean;
		shots: readonly Shot[];
		/** The model makes the shots. */
		autoShots: boolean;
	}> {
	model: string;
}

/** Fields of text2video and image2video. */
export interface ClassicScene
	extends Scene,
		Optional<{
			negative: string;
			/** 0-1 */
			cfgScale: number;
			camera: CameraControl;
		}> {}

/**
 * The fields of a v1 body that all these types share.
 * @param hasLength false when an input determines the length of the result
 * @throws KlingError `conflicting_input` for both kinds of shots, `invalid_shot`
 */
export function sceneFields(options: Scene, hasLength = true): object {
	const {model, prompt, shots = [], autoShots = false} = options;
	const known = Object.hasOwn(models, model) ? models[model] : undefined;
	// No defaults are sent for an unknown model, because Kling's own are the better choice.
	const usual = known && hasLength ? defaultSeconds : undefined;
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
