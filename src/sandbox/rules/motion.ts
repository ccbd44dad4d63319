import {type Reply, refusals} from '../reply.js';
import {
	commonWithMark,
	elementId,
	type Fields,
	findFlaw,
	listOf,
	needed,
	oneOf,
	text,
	webAddress,
} from './fields.js';
import {type Body, given} from './read.js';

/* The rules of `/v1/videos/motion-control`. */

const fields: Fields = {
	model_name: oneOf('kling-v2-6', 'kling-v3'),
	image_url: needed(text()),
	video_url: needed(webAddress),
	character_orientation: needed(oneOf('image', 'video')),
	mode: needed(oneOf('std', 'pro')),
	prompt: text(2500),
	keep_original_sound: oneOf('yes', 'no'),
	element_list: listOf({element_id: needed(elementId)}, 1),
	...commonWithMark,
};

export function validateMotion(body: Body): Reply | undefined {
	const flaw = findFlaw(fields, body);
	if (flaw !== undefined) return refusals.badValue(flaw);
	const model = String(body.model_name || 'kling-v2-6');
	return given(body, 'element_list') && model !== 'kling-v3'
		? refusals.badValue(`${model} is not supported with element_list`)
		: undefined;
}
