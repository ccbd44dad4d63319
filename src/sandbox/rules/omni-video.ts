import {type Reply, refusals} from '../reply.js';
import {firstViolation, type Rule, readFacts} from './facts.js';
import {
	commonWithMark,
	elementId,
	empty,
	type Fields,
	findFlaw,
	invalid,
	listOf,
	needed,
	oneOf,
	text,
	webAddress,
} from './fields.js';
import {type ModelPolicy, type ModelsOfPath, refuseModel} from './models.js';
import {type Body, given, list} from './read.js';
import {promptNeeded, shotFields, shotRules} from './shots.js';

/* The rules of omni-video (docs/kling-api.md §6.1). It has no negative_prompt, cfg_scale or camera_control. */

const fields: Fields = {
	model_name: text(),
	prompt: text(2500),
	...shotFields,
	image_list: listOf({image_url: needed(text()), type: oneOf('first_frame', 'end_frame')}),
	element_list: listOf({element_id: needed(elementId)}),
	video_list: listOf(
		{
			video_url: needed(webAddress),
			refer_type: oneOf('base', 'feature'),
			keep_original_sound: oneOf('yes', 'no'),
		},
		1,
	),
	sound: oneOf('on', 'off'),
	aspect_ratio: oneOf('16:9', '9:16', '1:1'),
	...commonWithMark,
};

const models: ModelsOfPath = {
	usual: 'kling-video-o1',
	names: ['kling-video-o1', 'kling-v3-omni'],
	foreign: [
		...['kling-v1', 'kling-v1-5', 'kling-v1-6', 'kling-v2-master', 'kling-v2-1', 'kling-v2-1-master'],
		...['kling-v2-5-turbo', 'kling-v2-6', 'kling-v3', 'kling-v3-turbo'],
	],
};

/** How a request uses its pictures and its clip. */
interface Inputs {
	frames: readonly unknown[];
	plainImages: number;
	elements: number;
	video: 'base' | 'feature' | undefined;
}

function inputsOf(body: Body): Inputs {
	const images = list(body, 'image_list');
	const frames = images
		.map(({type}) => type)
		.filter((type) => type === 'first_frame' || type === 'end_frame');
	const [video] = list(body, 'video_list');
	return {
		frames,
		plainImages: images.length - frames.length,
		elements: list(body, 'element_list').length,
		video: video && (video.refer_type === 'feature' ? 'feature' : 'base'),
	};
}

/** A clip that is edited, not only used as a reference. */
export const editsClip = (body: Body): boolean => inputsOf(body).video === 'base';

const framesFit: Rule = ({body}) => {
	const {frames, video} = inputsOf(body);
	const twice = ['first_frame', 'end_frame'].find(
		(frame) => frames.filter((other) => other === frame).length > 1,
	);
	if (twice) return `image_list can not hold more than one ${twice}`;
	if (video === 'base' && frames.length > 0)
		return 'first_frame and end_frame are not supported with base video';
	return frames.includes('end_frame') && !frames.includes('first_frame')
		? 'end_frame is not supported without first_frame'
		: undefined;
};

const referencesFit: Rule = ({body}) => {
	const {frames, plainImages, elements, video} = inputsOf(body);
	const most = video ? 4 : 7;
	if (frames.length + plainImages + elements > most) {
		const where = video ? 'with' : 'without';
		return `the total number of image_list and element_list can not exceed ${most} ${where} video input`;
	}
	return frames.includes('first_frame') && elements > 3
		? 'element_list can not exceed 3 with first_frame'
		: undefined;
};

const videoFits: Rule = ({body, sound, multiShot, shotType}) => {
	const {video, frames} = inputsOf(body);
	if (video && sound) return 'sound on is not supported with video input';
	if (video === 'feature' && multiShot && shotType === 'customize') {
		return 'shot_type customize is not supported with feature video';
	}
	const ratioIsKnown = video === 'base' || (frames.includes('first_frame') && video !== 'feature');
	return ratioIsKnown || given(body, 'aspect_ratio') ? undefined : empty('aspect_ratio');
};

const modeKnown: Rule = ({body, model, mode}) =>
	given(body, 'mode') && !model.modes?.includes(mode) ? invalid('mode', mode) : undefined;

const durationKnown: Rule = ({body, model, name, seconds}) => {
	const {video, plainImages} = inputsOf(body);
	// The result of an edit is as long as its clip, whatever the request says.
	if (video === 'base') return undefined;
	if (typeof (body.duration ?? '') !== 'string' || !model.durations.includes(seconds)) {
		return invalid('duration', body.duration);
	}
	const needsReference = name === 'kling-video-o1' && video === undefined && plainImages === 0;
	return needsReference && ![5, 10].includes(seconds)
		? 'Duration only supports 5 or 10 seconds when no refer_image is provided'
		: undefined;
};

const o1Frames: Rule = ({body, name}) => {
	const {frames, plainImages, elements} = inputsOf(body);
	if (name !== 'kling-video-o1' || !frames.includes('end_frame')) return undefined;
	if (frames.length + plainImages > 2) return 'end_frame is not supported with more than 2 images';
	return elements > 0 ? 'element_list is not supported with first_frame and end_frame' : undefined;
};

const soundKnown: Rule = ({sound, model, name}) =>
	sound && !model.sound ? `${name} is not supported with sound` : undefined;

const rules: readonly Rule[] = [
	promptNeeded,
	...shotRules,
	framesFit,
	referencesFit,
	videoFits,
	modeKnown,
	durationKnown,
	soundKnown,
	o1Frames,
];

export function validateOmniVideo(body: Body, policy: ModelPolicy): Reply | undefined {
	const flaw = findFlaw(fields, body);
	if (flaw) return refusals.badValue(flaw);
	const facts = readFacts(body, models, 'pro');
	const refusal = refuseModel(facts.name, models, facts.model.state, policy);
	if (refusal) return refusal;
	const words = firstViolation(rules, facts);
	return words === undefined ? undefined : refusals.badValue(words);
}
