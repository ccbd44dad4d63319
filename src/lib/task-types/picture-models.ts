import {KlingError} from '../errors/kling-error.js';
import {or} from './wording.js';

export const pictureRatios = ['16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3', '21:9'] as const;

export const resolutions = ['1k', '2k', '4k'] as const;

export type Resolution = (typeof resolutions)[number];

/** The types that take a picture model. */
export type PictureType = 'image' | 'image-omni' | 'image-multi';

export interface PictureModel {
	/** `retired`: its end was announced for 2026-09-15. */
	state: 'live' | 'retired';
	types: readonly PictureType[];
	resolutions: readonly Resolution[];
	/** Image units per picture, by resolution if they differ. */
	units: number | Partial<Record<Resolution, number>>;
	/** Image units per picture made from another picture, if they differ. */
	unitsFromPicture?: number;
	elements?: boolean;
	/** Accepts a picture as subject or face, and how closely to follow it. */
	references?: boolean;
	series?: boolean;
}

/**
 * THE table of models that make pictures. Some share their name with a video model but are different models.
 * Sources: docs/kling-api.md §21 (fields and map) and §14 (prices, in image units).
 */
export const pictureModels: Readonly<Record<string, PictureModel>> = {
	'kling-v3': {state: 'live', types: ['image'], resolutions: ['1k', '2k'], units: 8, elements: true},
	'kling-v2-1': {
		state: 'live',
		types: ['image', 'image-multi'],
		resolutions: ['1k', '2k'],
		units: 4,
		unitsFromPicture: 8,
		references: true,
	},
	'kling-v2': {state: 'retired', types: ['image'], resolutions: ['1k', '2k'], units: 8},
	'kling-v3-omni': {
		state: 'live',
		types: ['image-omni'],
		resolutions,
		units: {'1k': 8, '2k': 8, '4k': 16},
		elements: true,
		series: true,
	},
	'kling-image-o1': {
		state: 'live',
		types: ['image-omni'],
		resolutions: ['1k', '2k'],
		units: 8,
		elements: true,
	},
};

export const pictureModelOf = (name: unknown): PictureModel | undefined =>
	typeof name === 'string' && Object.hasOwn(pictureModels, name) ? pictureModels[name] : undefined;

/** Names of a type's models that Kling is believed to run. */
export const livePictureModels = (type: PictureType, has: (model: PictureModel) => boolean = () => true) =>
	Object.entries(pictureModels).flatMap(([name, model]) =>
		model.state === 'live' && model.types.includes(type) && has(model) ? [name] : [],
	);

/**
 * Normalizes a name for comparison: capitals, dots and the newer spelling (`kling-3.0-omni`) make no
 * difference.
 */
const plain = (name: string) =>
	name
		.trim()
		.toLowerCase()
		.replaceAll('.', '-')
		.replace(/^kling-v?(\d)-0/, 'kling-v$1');

/**
 * The API's name for a model.
 * @throws KlingError `invalid_model` for one that is unknown or belongs to another command
 */
export function pictureModel(name: string, type: PictureType, allowUnknown: boolean): string {
	const wanted = plain(name);
	const known = Object.keys(pictureModels).find((each) => plain(each) === wanted);
	if (known === undefined && allowUnknown) return name.trim();
	const use = `Use --model ${or(livePictureModels(type))}.`;
	if (known === undefined) {
		throw new KlingError('invalid_model', `kling knows no image model ${name}`, {
			hint: `${use} If it is a new one: add --allow-unknown-model.`,
		});
	}
	if (pictureModelOf(known)?.types.includes(type)) return known;
	throw new KlingError('invalid_model', `${known} is not a model for this command`, {hint: use});
}

/** Image units per picture; undefined for an unknown model. */
export function unitsEach(name: unknown, resolution: string, fromPicture: boolean): number | undefined {
	const model = pictureModelOf(name);
	if (!model) return undefined;
	const {units, unitsFromPicture} = model;
	if (fromPicture && unitsFromPicture !== undefined) return unitsFromPicture;
	return typeof units === 'number' ? units : units[resolution as Resolution];
}
