import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {given, type RequestFacts} from './facts.js';
import {type Resolution, unitsEach} from './picture-models.js';
import {
	elementsOfModel,
	fidelityNeedsReference,
	negativeWithoutPicture,
	picturesCounted,
	promptGiven,
	referenceNeedsPicture,
	referenceOfModel,
	sizeOfModel,
} from './picture-rules.js';
import {elementList, type Optional, watermarkField} from './scene.js';

export interface ImageRequest
	extends Optional<{
		prompt: string;
		negative: string;
		/** URL or bare Base64. */
		image: string;
		/** What to keep of the picture. */
		reference: 'subject' | 'face';
		/** How closely to follow it, 0-1. */
		fidelity: number;
		humanFidelity: number;
		elements: readonly bigint[];
		resolution: Resolution;
		/** Number of pictures. */
		count: number;
		ratio: string;
		watermark: boolean;
	}> {
	model: string;
}

/** Units for a number of pictures at a price each. */
export const unitsOfPictures = (
	{body, modelName}: RequestFacts,
	fromPicture: boolean,
): number | undefined => {
	const each = unitsEach(modelName, String(body.resolution ?? '1k'), fromPicture);
	return each === undefined ? undefined : each * Number(body.n ?? 1);
};

/** Pictures from text, or from a picture and text (docs/kling-api.md §21). */
export const image = defineTaskType({
	name: 'image',
	command: ['image', 'create'],
	summary: 'text to pictures',
	paths: {v1: '/v1/images/generations'},
	schema: 'image',
	formats: ['image'],
	pack: 'image',
	seconds: 24,
	write: {
		v1: (request: ImageRequest) =>
			definedOnly({
				model_name: request.model,
				prompt: request.prompt || undefined,
				negative_prompt: request.negative || undefined,
				image: request.image,
				image_reference: request.reference,
				image_fidelity: request.fidelity,
				human_fidelity: request.humanFidelity,
				element_list: elementList(request.elements),
				resolution: request.resolution,
				n: request.count,
				aspect_ratio: request.ratio,
				watermark_info: watermarkField(request.watermark),
			}),
	},
	rules: [
		promptGiven,
		negativeWithoutPicture,
		referenceNeedsPicture,
		fidelityNeedsReference,
		picturesCounted,
		referenceOfModel,
		elementsOfModel,
		sizeOfModel,
	],
	units: (facts) => unitsOfPictures(facts, given(facts.body, 'image')),
});
