import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {list} from './facts.js';
import {refuse} from './picture-rules.js';
import {type Optional, watermarkField} from './scene.js';

export interface ImageMultiRequest
	extends Optional<{
		prompt: string;
		/** One to four subjects, cropped to them; URLs or bare Base64, like the others. */
		subjects: readonly string[];
		scene: string;
		style: string;
		count: number;
		ratio: string;
		watermark: boolean;
	}> {
	model: string;
}

/** Pictures of several subjects, in a scene and a style (docs/kling-api.md §21). */
export const imageMulti = defineTaskType({
	name: 'image-multi',
	command: ['image', 'multi'],
	summary: 'several subjects to pictures',
	paths: {v1: '/v1/images/multi-image2image'},
	schema: 'image-multi',
	formats: ['image'],
	pack: 'image',
	seconds: 30,
	write: {
		v1: ({subjects = [], ...request}: ImageMultiRequest) =>
			definedOnly({
				model_name: request.model,
				prompt: request.prompt || undefined,
				subject_image_list: subjects.map((subject_image) => ({subject_image})),
				scene_image: request.scene,
				style_image: request.style,
				n: request.count,
				aspect_ratio: request.ratio,
				watermark_info: watermarkField(request.watermark),
			}),
	},
	rules: [
		({body}) =>
			list(body, 'subject_image_list').length === 0
				? refuse(
						'subject_image_list',
						'subject-missing',
						'invalid_image',
						'A subject is missing: add --image FILE',
					)
				: undefined,
	],
	units: ({body}) => 16 * Number(body.n ?? 1),
});
