import {units} from '../prices.js';
import {judgePicture} from '../rules/pictures.js';
import {type Body, given, text} from '../rules/read.js';
import type {ServedType} from './definition.js';

/** Sides of a picture in pixels; how large Kling's are is not documented. */
function sizeOf(ratio: string, resolution: string): {width: number; height: number} {
	const [across = 1, down = 1] = ratio.split(':').map(Number);
	const scale = 1024 * (Number.parseInt(resolution, 10) || 1);
	const side = (share: number) => Math.round((scale * Math.sqrt(share)) / 8) * 8;
	return {width: side(across / down), height: side(down / across)};
}

/** Units a picture: docs/kling-api.md §14. */
function unitsEach(model: string, body: Body): number {
	return model === 'kling-v2-1' && !given(body, 'image') ? 4 : 8;
}

const image: ServedType = {
	path: '/v1/images/generations',
	pack: 'image',
	judge: judgePicture,
	pictures: (body) => [body.image],
	plan(body) {
		const model = text(body, 'model_name') ?? 'kling-v3';
		const count = Number(body.n || 1);
		const size = sizeOf(text(body, 'aspect_ratio') ?? '16:9', text(body, 'resolution') ?? '1k');
		return {
			result: {kind: 'pictures', count, ...size},
			seconds: 24,
			units: units(unitsEach(model, body), count),
			about: {model},
			slots: count,
		};
	},
	hasMark: true,
	productFunction: 'Image Generation',
};

export const pictureTypes = {image} as const;
