import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {given, list, type RequestBody} from './facts.js';
import {refuse} from './picture-rules.js';
import type {Rule} from './rules.js';
import {filled, type Optional} from './scene.js';

export interface ElementRequest
	extends Optional<{
		/** The front view; URL or bare Base64, like the others. */
		image: string;
		/** Further views, 1-3. */
		refImages: readonly string[];
		/** URL of a clip of a person. */
		video: string;
		voiceId: string;
		/** Tag ids. */
		tags: readonly string[];
	}> {
	name: string;
	description: string;
}

const pictures = ({element_image_list: value}: RequestBody): RequestBody =>
	typeof value === 'object' && value !== null ? (value as RequestBody) : {};

const oneKind: Rule = ({body}) => {
	if (given(body, 'element_video_list') && given(body, 'element_image_list')) {
		return refuse(
			'element_video_list',
			'element-kinds',
			'conflicting_input',
			'Both pictures and --video were given: an element is described by one or the other',
		);
	}
	return given(body, 'element_video_list') || given(body, 'element_image_list')
		? undefined
		: refuse(
				'element_image_list',
				'element-without-source',
				'invalid_image',
				'An element needs --image and 1 to 3 --ref-image, or --video URL',
			);
};

const picturesComplete: Rule = ({body}) => {
	if (!given(body, 'element_image_list')) return undefined;
	const own = pictures(body);
	if (!given(own, 'frontal_image')) {
		return refuse(
			'frontal_image',
			'element-front',
			'invalid_image',
			'The picture from the front is missing: add --image',
		);
	}
	const count = list(own, 'refer_images').length;
	return count >= 1 && count <= 3
		? undefined
		: refuse(
				'refer_images',
				'element-views',
				'invalid_image',
				`1 to 3 further views are needed, and ${count} were given: add --ref-image (kling image views makes them)`,
			);
};

/** A person or thing that videos and pictures can show again (docs/kling-api.md §21). */
export const element = defineTaskType({
	name: 'element',
	command: ['element', 'create'],
	summary: 'an element from pictures or a clip',
	paths: {v1: '/v1/general/advanced-custom-elements'},
	schema: 'element',
	// The pictures that it was made from.
	formats: ['image'],
	pack: 'video',
	seconds: 5,
	write: {
		v1: ({name, description, image, refImages = [], video, voiceId, tags = []}: ElementRequest) =>
			definedOnly({
				element_name: name,
				element_description: description,
				reference_type: video === undefined ? 'image_refer' : 'video_refer',
				element_image_list:
					image === undefined && refImages.length === 0
						? undefined
						: definedOnly({
								frontal_image: image,
								refer_images: refImages.map((image_url) => ({image_url})),
							}),
				element_video_list: video === undefined ? undefined : {refer_videos: [{video_url: video}]},
				element_voice_id: voiceId,
				tag_list: filled(tags.map((tag_id) => ({tag_id}))),
			}),
	},
	rules: [oneKind, picturesComplete],
	units: () => 0,
});
