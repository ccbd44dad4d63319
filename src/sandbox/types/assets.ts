import {units} from '../prices.js';
import type {ElementDetails} from '../results.js';
import {validateElement, validateVoice} from '../rules/assets.js';
import {type Body, given, list, object, text} from '../rules/read.js';
import {findClip, noClip} from './clips.js';
import type {ServedType} from './definition.js';

/* Things that are made to be used in other tasks: elements and voices. */

function readElement(body: Body): ElementDetails {
	return {
		name: String(body.element_name),
		description: String(body.element_description),
		reference: body.reference_type === 'video_refer' ? 'video_refer' : 'image_refer',
		sides: list(object(body, 'element_image_list'), 'refer_images').length,
		tags: list(body, 'tag_list').map(({tag_id: id}) => String(id)),
		voiceId: text(body, 'element_voice_id'),
	};
}

const element: ServedType = {
	path: '/v1/general/advanced-custom-elements',
	pack: 'video',
	validate: validateElement,
	pictures(body) {
		const pictures = object(body, 'element_image_list');
		return [pictures.frontal_image, ...list(pictures, 'refer_images').map(({image_url: url}) => url)];
	},
	plan: (body) => ({result: {kind: 'element', element: readElement(body)}, seconds: 5, units: 0}),
	productFunction: 'Element',
};

const voice: ServedType = {
	path: '/v1/general/custom-voices',
	pack: 'video',
	validate: validateVoice,
	plan(body, {store, clock}) {
		const id = text(body, 'video_id');
		const clip = id === undefined ? undefined : findClip(id, store, clock);
		if (id !== undefined && !given(body, 'voice_url')) {
			if (!clip) return noClip(id);
			const hasSound = clip.result.kind === 'video' && clip.result.sound;
			if (!hasSound) return {refused: 'The video has no sound'};
		}
		return {result: {kind: 'voice', name: String(body.voice_name)}, seconds: 9, units: units(0.05, 1)};
	},
	maxPageSize: 1000,
	productFunction: 'Custom Voice',
};

export const assetTypes = {element, voice} as const;
