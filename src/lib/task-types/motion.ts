import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {given, type RequestFacts} from './facts.js';
import {elementsKnown} from './model-matrix.js';
import type {Mode} from './models.js';
import type {Rule} from './rules.js';
import {elementList, type Optional, watermarkField} from './scene.js';
import {refuse} from './shared-rules.js';
import {elementContents, requestOptions} from './write-tasks.js';

export interface MotionRequest
	extends Optional<{
		prompt: string;
		/** The person to animate: URL or bare Base64. */
		image: string;
		/** URL of the clip with the movements. */
		video: string;
		/** Which way the person faces: as in the picture, or as in the clip. */
		orientation: 'image' | 'video';
		mode: Mode;
		/** Whether the result keeps the clip's sound. Default: true. */
		keepSound: boolean;
		elements: readonly bigint[];
		watermark: boolean;
		allowUnknownModel: boolean;
	}> {
	model: string;
}

/** Allows the longest clips. */
export const defaultOrientation = 'video';

const bothInputs: Rule = ({body}) => {
	if (!given(body, 'image_url'))
		return refuse('image_url', 'image-missing', 'invalid_image', 'A picture is missing: add --image FILE');
	return given(body, 'video_url')
		? undefined
		: refuse('video_url', 'video-missing', 'invalid_url', 'A video to move like is missing: add --video URL');
};

const oneElement: Rule = ({body, elements}) => {
	if (elements > 1)
		return refuse('element_list', 'one-element', 'invalid_element', 'Motion control takes one --element');
	return elements === 1 && body.character_orientation === 'image'
		? refuse(
				'character_orientation',
				'element-orientation',
				'conflicting_input',
				'With --element the result faces as the video does: leave out --orientation image',
			)
		: undefined;
};

/** A person in a picture who moves like another in a clip (docs/kling-api.md §8). */
export const motion = defineTaskType({
	name: 'motion',
	command: ['video', 'motion'],
	summary: 'a picture that moves like a video',
	paths: {v1: '/v1/videos/motion-control', tasks: '/motion-control'},
	schema: 'motion-control',
	formats: ['video'],
	pack: 'video',
	seconds: 210,
	models: {command: 'kling-v3', api: 'kling-v2-6'},
	defaultMode: 'std',
	write: {v1: (request: MotionRequest) => writeV1(request), tasks: writeTasks},
	rules: [bothInputs, oneElement],
	modelRules: [elementsKnown],
	units: ({model, mode}: RequestFacts, inputSeconds) => {
		const rate = model?.rates?.motion?.[mode];
		// The result is as long as the clip, which is not fetched.
		return rate === undefined || inputSeconds === undefined ? undefined : rate * Math.round(inputSeconds);
	},
});

function writeV1(request: MotionRequest) {
	return definedOnly({
		model_name: request.model,
		image_url: request.image,
		video_url: request.video,
		character_orientation: request.orientation ?? defaultOrientation,
		mode: request.mode ?? 'std',
		prompt: request.prompt || undefined,
		keep_original_sound: request.keepSound === false ? 'no' : undefined,
		element_list: elementList(request.elements),
		watermark_info: watermarkField(request.watermark),
	});
}

function writeTasks(request: MotionRequest) {
	const {prompt, image, video, orientation = defaultOrientation, mode, keepSound, elements} = request;
	return {
		contents: [
			...(prompt ? [{type: 'prompt', text: prompt}] : []),
			{type: 'image', url: image},
			{type: 'video', url: video},
			...elementContents(elements),
		],
		settings: {
			character_orientation: orientation,
			audio: keepSound === false ? 'off' : 'original',
			resolution: mode === 'pro' ? '1080p' : '720p',
		},
		options: requestOptions(request),
	};
}
