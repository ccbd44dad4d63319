import {defineTaskType} from './definition.js';
import {pictureGiven} from './picture-rules.js';

export interface SegmentRequest {
	/** URL or bare Base64. */
	image?: string | undefined;
}

/** Masks of the parts of a picture, returned in the response (docs/kling-api.md §21). */
export const segment = defineTaskType({
	name: 'segment',
	command: ['image', 'segment'],
	summary: 'masks of the parts of a picture',
	paths: {v1: '/v1/videos/image-recognize'},
	schema: 'segment',
	formats: ['image'],
	// Its price is listed among those of videos.
	pack: 'video',
	isSynchronous: true,
	externalId: 'none',
	seconds: 2,
	write: {v1: ({image}: SegmentRequest) => ({image})},
	rules: [pictureGiven('image')],
	units: () => 0.1,
});
