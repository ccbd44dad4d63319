import {defineTaskType} from './definition.js';
import {pictureGiven} from './picture-rules.js';

export interface ImageViewsRequest {
	/** URL or bare Base64. */
	image?: string | undefined;
}

/** Other views of a subject, for making an element (docs/kling-api.md §21). */
export const imageViews = defineTaskType({
	name: 'image-views',
	command: ['image', 'views'],
	summary: 'other views of a subject',
	paths: {v1: '/v1/general/ai-multi-shot'},
	schema: 'image-views',
	formats: ['image'],
	pack: 'image',
	// Its documented lookup path takes only the task id.
	externalId: 'no-lookup',
	seconds: 40,
	write: {v1: ({image}: ImageViewsRequest) => ({element_frontal_image: image})},
	rules: [pictureGiven('element_frontal_image')],
	units: () => 20,
});
