import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {pictureGiven, refuse} from './picture-rules.js';
import type {Rule} from './rules.js';
import {type Optional, watermarkField} from './scene.js';

export interface ImageExpandRequest
	extends Optional<{
		prompt: string;
		/** How much to add, as shares of the height and width. */
		up: number;
		down: number;
		left: number;
		right: number;
		count: number;
		watermark: boolean;
		/** URL or bare Base64. */
		image: string;
	}> {}

/** Largest new area as a multiple of the old one. */
const maxArea = 3;

const side = (value: unknown) => Number(value ?? 0);

const areaSmallEnough: Rule = ({body}) => {
	const height = 1 + side(body.up_expansion_ratio) + side(body.down_expansion_ratio);
	const width = 1 + side(body.left_expansion_ratio) + side(body.right_expansion_ratio);
	// A computed ratio may exceed the limit by a rounding error.
	if (height * width <= maxArea + 1e-6) return undefined;
	const times = Math.round(height * width * 100) / 100;
	return refuse(
		'up_expansion_ratio',
		'expanded-area',
		'conflicting_input',
		`The result would have ${times} times the area, and ${maxArea} times are allowed: make --up, --down, --left or --right smaller`,
	);
};

const somethingAdded: Rule = ({body}) =>
	['up', 'down', 'left', 'right'].some((name) => side(body[`${name}_expansion_ratio`]) > 0)
		? undefined
		: refuse(
				'up_expansion_ratio',
				'nothing-to-expand',
				'conflicting_input',
				'Nothing would be added: give --ratio, another one than that of the picture, or --up, --down, --left or --right',
			);

/** A picture with more around it (docs/kling-api.md §21). */
export const imageExpand = defineTaskType({
	name: 'image-expand',
	command: ['image', 'expand'],
	summary: 'a picture with more around it',
	paths: {v1: '/v1/images/editing/expand'},
	schema: 'image-expand',
	formats: ['image'],
	pack: 'image',
	seconds: 30,
	write: {
		v1: (request: ImageExpandRequest) =>
			definedOnly({
				image: request.image,
				// The API requires all four.
				up_expansion_ratio: request.up ?? 0,
				down_expansion_ratio: request.down ?? 0,
				left_expansion_ratio: request.left ?? 0,
				right_expansion_ratio: request.right ?? 0,
				prompt: request.prompt || undefined,
				n: request.count,
				watermark_info: watermarkField(request.watermark),
			}),
	},
	rules: [pictureGiven('image'), somethingAdded, areaSmallEnough],
	units: ({body}) => 8 * Number(body.n ?? 1),
});
