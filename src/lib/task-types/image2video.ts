import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {elementsKnown, everyModelRule, lastFrameKnown, masksKnown, voicesKnown} from './model-matrix.js';
import {unitsBySecond} from './prices.js';
import {referencesGiven} from './prompt-references.js';
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
import {
	type Content,
	elementContents,
	isNamed,
	promptText,
	requestOptions,
	videoSettings,
} from './write-tasks.js';

export interface Image2videoRequest
	extends ClassicScene,
		Optional<{
			/** URLs or bare Base64, like all pictures here. */
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
	paths: {v1: '/v1/videos/image2video', tasks: '/image-to-video'},
	schema: 'image2video',
	formats: ['video'],
	pack: 'video',
	seconds: 229,
	models: {command: 'kling-v3', api: 'kling-v1'},
	defaultMode: 'std',
	write: {v1: writeV1, tasks: writeTasks},
	// The prompt is optional according to the 2025 documentation.
	rules: [
		imageNeeded,
		promptNeededForShots,
		...shotRules,
		oneKindOfControl,
		cameraComplete,
		elementsOrVoices,
		voicesNeedSound,
		voicesSpoken,
		referencesGiven,
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

function writeTasks(request: Image2videoRequest) {
	const {image, lastFrame, voices = [], elements} = request;
	const text = promptText(request);
	const frame = (type: string, url: string | undefined, number: number): Content[] =>
		url === undefined ? [] : [{type, url, ...(isNamed(request, 'image', number) && {id: `image_${number}`})}];
	return {
		contents: [
			...(text === undefined ? [] : [{type: 'prompt', text}]),
			...frame('first_frame', image, 1),
			...frame('last_frame', lastFrame, image === undefined ? 1 : 2),
			...elementContents(elements),
			...voices.map((voice_id, index) => ({type: 'voice', voice_id, id: `voice_${index + 1}`})),
		],
		settings: videoSettings(request),
		options: requestOptions(request),
	};
}
