import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {list} from './facts.js';
import {defaultRatio, filled, type Optional, type Ratio, watermarkField} from './scene.js';
import {promptRequired, refuse} from './shared-rules.js';

export interface MultiImageRequest
	extends Optional<{
		prompt: string;
		negative: string;
		/** One to four, URLs or bare Base64. */
		images: readonly string[];
		mode: 'std' | 'pro';
		/** Seconds, 5 or 10. */
		duration: number;
		ratio: Ratio;
		watermark: boolean;
	}> {}

const maxPictures = 4;

/**
 * The subjects of several pictures together in one clip (docs/kling-api.md §8). The end of its only model was
 * announced for 2026-09-15.
 */
export const multiImage = defineTaskType({
	name: 'multi-image',
	command: ['video', 'multi-image'],
	summary: 'several pictures to one video; announced to end',
	paths: {v1: '/v1/videos/multi-image2video'},
	schema: 'multi-image2video',
	formats: ['video'],
	pack: 'video',
	seconds: 180,
	write: {
		v1: (request: MultiImageRequest) =>
			definedOnly({
				model_name: 'kling-v1-6',
				image_list: filled((request.images ?? []).map((image) => ({image}))),
				prompt: request.prompt || undefined,
				negative_prompt: request.negative || undefined,
				mode: request.mode ?? 'std',
				duration: String(request.duration ?? 5),
				aspect_ratio: request.ratio ?? defaultRatio,
				watermark_info: watermarkField(request.watermark),
			}),
	},
	rules: [
		({body}) => {
			const count = list(body, 'image_list').length;
			if (count >= 1 && count <= maxPictures) return undefined;
			const words =
				count === 0
					? 'A picture is missing: add --image FILE'
					: `${count} pictures were given, and ${maxPictures} are allowed`;
			return refuse('image_list', 'pictures-counted', 'invalid_image', words);
		},
		promptRequired,
	],
	warnings: [
		() =>
			'Kling announced the end of multi-image for 2026-09-15, and may refuse it. To make the same: kling video create PROMPT --ref-image FILE ...',
	],
	units: ({mode, duration}) => (mode === 'pro' ? 3.5 : 2) * (duration === 10 ? 2 : 1),
});
