import {type Reply, refusals} from '../reply.js';
import {
	common,
	type Fields,
	findFlaw,
	listOf,
	needed,
	object as objectOf,
	oneOf,
	text,
	webAddress,
} from './fields.js';
import {type Body, given, list, object} from './read.js';

/* The rules for elements and voices. */

const elementFields: Fields = {
	element_name: needed(text(20)),
	element_description: needed(text(100)),
	reference_type: needed(oneOf('image_refer', 'video_refer')),
	element_image_list: objectOf({frontal_image: text(), refer_images: listOf({image_url: needed(text())}, 3)}),
	element_video_list: objectOf({refer_videos: listOf({video_url: needed(webAddress)}, 1)}),
	element_voice_id: text(),
	tag_list: listOf({tag_id: needed(text())}),
	...common,
};

function sourceFlaw(body: Body): string | undefined {
	const isPictures = body.reference_type === 'image_refer';
	const field = isPictures ? 'element_image_list' : 'element_video_list';
	if (!given(body, field)) return `${field} can not be empty when reference_type is ${body.reference_type}`;
	const source = object(body, field);
	if (!isPictures)
		return list(source, 'refer_videos').length === 1 ? undefined : `${field}.refer_videos size must be 1`;
	if (!given(source, 'frontal_image')) return `${field}.frontal_image can not be empty`;
	if (list(source, 'refer_images').length === 0) return `${field}.refer_images can not be empty`;
	return given(body, 'element_video_list')
		? 'element_video_list is not supported when reference_type is image_refer'
		: undefined;
}

export function validateElement(body: Body): Reply | undefined {
	const flaw = findFlaw(elementFields, body) ?? sourceFlaw(body);
	return flaw === undefined ? undefined : refusals.badValue(flaw);
}

const voiceFields: Fields = {
	voice_name: needed(text(20)),
	voice_url: webAddress,
	video_id: text(),
	...common,
};

export function validateVoice(body: Body): Reply | undefined {
	const flaw = findFlaw(voiceFields, body);
	if (flaw !== undefined) return refusals.badValue(flaw);
	// That the two exclude each other is our assumption, so both are accepted.
	return given(body, 'voice_url') || given(body, 'video_id')
		? undefined
		: refusals.badValue('voice_url and video_id can not be empty at the same time');
}
