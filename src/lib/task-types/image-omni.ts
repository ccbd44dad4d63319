import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {unitsOfPictures} from './image.js';
import {type Resolution, unitsEach} from './picture-models.js';
import {
	elementsOfModel,
	picturesCounted,
	promptGiven,
	refuse,
	seriesOfModel,
	sizeOfModel,
} from './picture-rules.js';
import type {Rule} from './rules.js';
import {elementList, filled, type Optional, watermarkField} from './scene.js';

export interface ImageOmniRequest
	extends Optional<{
		prompt: string;
		/** URLs or bare Base64. */
		images: readonly string[];
		elements: readonly bigint[];
		resolution: Resolution;
		count: number;
		/** The length of a series of related pictures, instead of single ones. */
		series: number | 'auto';
		ratio: string;
		watermark: boolean;
	}> {
	model: string;
}

const referencesExist: Rule = ({images, elements, prompt}) => {
	const counts: Readonly<Record<string, number>> = {
		image: images.length,
		element: elements,
		object: elements,
	};
	for (const [whole, kind = '', number] of (prompt ?? '').matchAll(
		/<{2,3}(image|element|object)_(\d+)>{2,3}/g,
	)) {
		const count = counts[kind] ?? 0;
		if (Number(number) >= 1 && Number(number) <= count) continue;
		const flag = kind === 'image' ? '--image' : '--element';
		return refuse(
			'prompt',
			'reference-unknown',
			'invalid_prompt',
			`The prompt names ${whole}, and ${count} ${flag} were given`,
		);
	}
	return undefined;
};

/** Pictures from text, pictures and elements (docs/kling-api.md §21). */
export const imageOmni = defineTaskType({
	name: 'image-omni',
	command: ['image', 'omni'],
	summary: 'text, pictures and elements to pictures',
	paths: {v1: '/v1/images/omni-image'},
	schema: 'image-omni',
	formats: ['image'],
	pack: 'image',
	seconds: 30,
	write: {
		v1: (request: ImageOmniRequest) =>
			definedOnly({
				model_name: request.model,
				prompt: request.prompt || undefined,
				image_list: filled((request.images ?? []).map((image) => ({image}))),
				element_list: elementList(request.elements),
				resolution: request.resolution,
				result_type: request.series === undefined ? undefined : 'series',
				n: request.series === undefined ? request.count : undefined,
				series_amount: request.series,
				aspect_ratio: request.ratio,
				watermark_info: watermarkField(request.watermark),
			}),
	},
	rules: [promptGiven, picturesCounted, referencesExist, elementsOfModel, seriesOfModel, sizeOfModel],
	units(facts) {
		const {body, modelName} = facts;
		if (body.result_type !== 'series') return unitsOfPictures(facts, false);
		const each = unitsEach(modelName, String(body.resolution ?? '1k'), false);
		// With `auto`, the length of the series is known only at the end.
		return each === undefined || body.series_amount === 'auto'
			? undefined
			: each * Number(body.series_amount ?? 4);
	},
});
