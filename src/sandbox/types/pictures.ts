import {sizeOfInline} from '../images.js';
import {units} from '../prices.js';
import {
	validateExpand,
	validateMultiPicture,
	validateOldTryOn,
	validateOmniPicture,
	validatePicture,
	validateViews,
} from '../rules/pictures.js';
import {type Body, given, list, text} from '../rules/read.js';
import type {Planned, ServedType} from './definition.js';

interface Size {
	width: number;
	height: number;
}

/** Dimensions of a picture in pixels; those of Kling's pictures are not documented. */
export function pictureSize(ratio: string, resolution = '1k'): Size {
	const [across = 1, down = 1] = ratio.split(':').map((part) => Number(part) || 1);
	const scale = 1024 * (Number.parseInt(resolution, 10) || 1);
	const side = (share: number) => Math.round((scale * Math.sqrt(share)) / 8) * 8;
	return {width: side(across / down), height: side(down / across)};
}

const countOf = (body: Body) => Number(body.n || 1);

/** A number of pictures at a price each; each one holds a slot (docs/kling-api.md §10). */
const pictures = (count: number, size: Size, seconds: number, each: number | undefined): Planned => ({
	result: {kind: 'pictures', count, ...size},
	seconds,
	units: units(each, count),
	slots: count,
});

const base = {pack: 'image', hasMark: true} as const;

const image: ServedType = {
	...base,
	path: '/v1/images/generations',
	validate: validatePicture,
	pictures: (body) => [body.image],
	plan(body) {
		const model = text(body, 'model_name') ?? 'kling-v3';
		const size = pictureSize(text(body, 'aspect_ratio') ?? '16:9', text(body, 'resolution'));
		const each = model === 'kling-v2-1' && !given(body, 'image') ? 4 : 8;
		return {...pictures(countOf(body), size, 24, each), about: {model}};
	},
	productFunction: 'Image Generation',
};

/** How many pictures a series has if the model chooses. */
const autoSeries = 4;

const omniImage: ServedType = {
	...base,
	path: '/v1/images/omni-image',
	validate: validateOmniPicture,
	pictures: (body) => list(body, 'image_list').map((item) => item.image),
	plan(body) {
		const [first] = list(body, 'image_list');
		const ratio = text(body, 'aspect_ratio') ?? 'auto';
		const resolution = text(body, 'resolution');
		const size =
			ratio === 'auto'
				? (sizeOfInline(first?.image) ?? pictureSize('1:1', resolution))
				: pictureSize(ratio, resolution);
		const isSeries = body.result_type === 'series';
		const amount = Number(body.series_amount || 4) || autoSeries;
		const count = isSeries ? amount : countOf(body);
		const planned = pictures(count, size, isSeries ? 60 : 30, resolution === '4k' ? 16 : 8);
		return {
			...planned,
			result: {kind: 'pictures', count, ...size, as: isSeries ? 'series' : 'single'},
			about: {model: text(body, 'model_name') ?? 'kling-image-o1'},
		};
	},
	productFunction: 'Omni Image',
};

const multiPicture: ServedType = {
	...base,
	path: '/v1/images/multi-image2image',
	validate: validateMultiPicture,
	pictures: (body) => [
		...list(body, 'subject_image_list').map((item) => item.subject_image),
		...[body.scene_image, body.style_image],
	],
	plan: (body) => ({
		...pictures(countOf(body), pictureSize(text(body, 'aspect_ratio') ?? '16:9'), 30, 16),
		about: {model: 'kling-v2-1'},
	}),
	productFunction: 'Multi-Image to Image',
};

const expand: ServedType = {
	...base,
	path: '/v1/images/editing/expand',
	validate: validateExpand,
	pictures: (body) => [body.image],
	plan(body) {
		const {width, height} = sizeOfInline(body.image) ?? pictureSize('1:1');
		const [up, down, left, right] = ['up', 'down', 'left', 'right'].map((side) =>
			Number(body[`${side}_expansion_ratio`]),
		) as [number, number, number, number];
		const size = {
			width: Math.round(width * (1 + left + right)),
			height: Math.round(height * (1 + up + down)),
		};
		return pictures(countOf(body), size, 30, 8);
	},
	productFunction: 'Image Expansion',
};

const views: ServedType = {
	path: '/v1/general/ai-multi-shot',
	pack: 'image',
	validate: validateViews,
	pictures: (body) => [body.element_frontal_image],
	plan: () => ({result: {kind: 'views'}, seconds: 40, units: 20}),
	productFunction: 'AI Multi-Shot',
};

const oldTryOn: ServedType = {
	path: '/v1/images/kolors-virtual-try-on',
	pack: 'image',
	validate: validateOldTryOn,
	pictures: (body) => [body.human_image, body.cloth_image],
	// Its price is not known.
	plan: (body) => ({
		...pictures(1, sizeOfInline(body.human_image) ?? pictureSize('3:4'), 19, undefined),
		about: {model: text(body, 'model_name') ?? 'kolors-virtual-try-on-v1'},
	}),
	productFunction: 'Virtual Try-On',
};

export const pictureTypes = {
	image,
	'image-omni': omniImage,
	'image-multi': multiPicture,
	'image-expand': expand,
	'image-views': views,
	'old-try-on': oldTryOn,
} as const;
