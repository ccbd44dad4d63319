import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {elementsKnown, everyModelRule, lastFrameKnown, masksKnown, voicesKnown} from './model-matrix.js';
import {unitsBySecond} from './prices.js';
import {
	cameraComplete,
	elementsOrVoices,
	imageNeeded,
	oneKindOfControl,
	promptNeededForShots,
	shotRules,
	voicesNeedSound,
	voicesSpoken,
} from './rules.js';
import {type ClassicScene, classicFields, elementList, filled, type Optional} from './scene.js';

export interface Image2videoRequest
	extends ClassicScene,
		Optional<{
			/** Addresses or bare Base64, as all pictures here. */
			image: string;
			lastFrame: string;
			staticMask: string;
			dynamicMasks: readonly {mask: string; path: readonly {x: number; y: number}[]}[];
			voices: readonly string[];
			elements: readonly bigint[];
		}> {}

/** A picture that moves (docs/kling-api.md §6.3). */
export const image2video = defineTaskType({
	name: 'image2video',
	command: ['video', 'image2video'],
	summary: 'image to video',
	paths: {v1: '/v1/videos/image2video'},
	schema: 'image2video',
	formats: ['video'],
	pack: 'video',
	seconds: 229,
	models: {command: 'kling-v3', api: 'kling-v1'},
	usualMode: 'std',
	write: {v1: writeV1},
	// The 2025 docs let it do without a prompt.
	rules: [
		imageNeeded,
		promptNeededForShots,
		...shotRules,
		oneKindOfControl,
		cameraComplete,
		elementsOrVoices,
		voicesNeedSound,
		voicesSpoken,
	],
	modelRules: [...everyModelRule, lastFrameKnown, masksKnown, voicesKnown, elementsKnown],
	units: unitsBySecond,
});

function writeV1(request: Image2videoRequest) {
	const {image, lastFrame, staticMask, dynamicMasks = [], voices = [], elements} = request;
	return definedOnly({
		...classicFields(request),
		image,
		image_tail: lastFrame,
		static_mask: staticMask,
		dynamic_masks: filled(dynamicMasks.map(({mask, path}) => ({mask, trajectories: path}))),
		voice_list: filled(voices.map((voice_id) => ({voice_id}))),
		element_list: elementList(elements),
	});
}
