import {units} from '../prices.js';
import {type Reply, refusals} from '../reply.js';
import {
	common,
	commonWithMark,
	empty,
	type Fields,
	findFlaw,
	invalid,
	listOf,
	needed,
	object as objectOf,
	oneOf,
	text,
} from '../rules/fields.js';
import type {ModelPolicy} from '../rules/models.js';
import {type Body, given, list, object} from '../rules/read.js';
import type {ServedType} from './definition.js';

/* Effects, and a clip made from several pictures. */

/** Scenes that Kling has withdrawn. The available scenes change every month, so others are accepted as they are. */
const withdrawn = [
	...['celebration', 'c4d_cartoon', 'kiss', 'fight', 'hug', 'thumbs_up', 'tiger_hug', 'pet_lion'],
	...['3d_cartoon_1', 'squish', 'expansion', 'heart_gesture'],
];

/** A snapshot of the scenes with two people. */
const twoPictures = [
	...['pet_skateboard', 'daily_ootd', 'toss_run', 'switch_to_silk', 'studio_look', 'french_elegance'],
	...['finger_swipe', 'smooth_transition', 'kiss_pro', 'snow_night_kiss', 'eternal_kiss', 'cheers_2026'],
	...['fight_pro', 'hug_pro', 'heart_gesture_pro'],
];

const effectFields: Fields = {
	effect_scene: needed(text()),
	input: needed(objectOf({image: text()})),
	...common,
};

function validateEffect(body: Body): Reply | undefined {
	const flaw = findFlaw(effectFields, body);
	if (flaw) return refusals.badValue(flaw);
	const scene = String(body.effect_scene);
	if (withdrawn.includes(scene)) return refusals.badValue(invalid('effect_scene', scene));
	const input = object(body, 'input');
	if (given(input, 'images') || twoPictures.includes(scene)) {
		const images = Array.isArray(input.images) ? input.images : [];
		return images.length === 2 ? undefined : refusals.badValue('input.images size must be 2');
	}
	return given(input, 'image') ? undefined : refusals.badValue(empty('input.image'));
}

const effects: ServedType = {
	path: '/v1/videos/effects',
	pack: 'video',
	validate: validateEffect,
	pictures(body) {
		const {image, images} = object(body, 'input');
		return [image, ...(Array.isArray(images) ? images : [])];
	},
	plan: () => ({
		result: {kind: 'video', duration: '5.041', sound: false, hidesDuration: true},
		seconds: 120,
		// Each scene's price is on a separate page; most cost this.
		units: 2,
	}),
	productFunction: 'Video Effects',
};

const multiImageFields: Fields = {
	model_name: oneOf('kling-v1-6'),
	image_list: needed(listOf({image: needed(text())}, 4)),
	prompt: needed(text(2500)),
	negative_prompt: text(2500),
	mode: oneOf('std', 'pro'),
	duration: oneOf('5', '10'),
	aspect_ratio: oneOf('16:9', '9:16', '1:1'),
	...commonWithMark,
};

function validateMultiImage(body: Body, policy: ModelPolicy): Reply | undefined {
	if (policy === 'as-announced') return refusals.badValue('This API is no longer available');
	const flaw = findFlaw(multiImageFields, body);
	return flaw === undefined ? undefined : refusals.badValue(flaw);
}

const multiImage: ServedType = {
	path: '/v1/videos/multi-image2video',
	pack: 'video',
	validate: validateMultiImage,
	pictures: (body) => list(body, 'image_list').map(({image}) => image),
	plan(body) {
		const mode = body.mode === 'pro' ? 'pro' : 'std';
		const isLong = body.duration === '10';
		return {
			result: {kind: 'video', duration: isLong ? '10.1' : '5.1', sound: false},
			seconds: 180,
			units: units(mode === 'pro' ? 3.5 : 2, isLong ? 2 : 1),
			about: {model: 'kling-v1-6', mode},
		};
	},
	hasMark: true,
	productFunction: 'Multi-Image to Video',
};

export const effectTypes = {effects, 'multi-image': multiImage} as const;
