import {invalid} from '../rules/fields.js';
import {given, isAbsent} from '../rules/read.js';
import {contentsFlaw} from './contents.js';
import type {NewerRequest} from './request.js';

/** A rule of the newer standard: returns what is wrong, in Kling's words. */
type Rule = (request: NewerRequest) => string | undefined;

const bodyShape: Rule = ({body, model}) =>
	model.contents === undefined ? undefined : contentsFlaw(body, model.contents);

const setting =
	(name: string, valuesOf: (request: NewerRequest) => readonly string[] | undefined): Rule =>
	(request) => {
		const value = request.settings[name];
		const values = valuesOf(request);
		return isAbsent(value) || values === undefined || values.includes(String(value))
			? undefined
			: invalid(`settings.${name}`, value);
	};

// 480p is in Kling's list, and is accepted, but the task fails.
const resolutionKnown = setting('resolution', ({model}) => [...model.resolutions, '480p']);

const audioKnown: Rule = (request) => {
	const {model, path, audio, base, feature, settings} = request;
	const words = setting('audio', () => model.audio)(request);
	if (words) return words;
	if (path !== 'omni-video') return undefined;
	if (feature && audio !== 'off') return 'settings.audio must be off with feature_video';
	if (base && audio === 'native') return 'settings.audio native is not supported with base_video';
	// Observed: refused for 3.0 Omni if there is no sound to keep.
	return audio === 'original' && !base ? invalid('settings.audio', settings.audio) : undefined;
};

const promptFits: Rule = ({path, prompt, model}) => {
	if (prompt === undefined) return path === 'text-to-video' ? 'prompt cannot be empty' : undefined;
	return Array.from(prompt).length > model.maxPromptLength
		? `prompt length can not be greater than ${model.maxPromptLength}`
		: undefined;
};

// `shot 1, 2, words; shot 2, 3, words;`
const shotsFit: Rule = ({prompt = '', multiShot, settings, seconds}) => {
	const shots = [...prompt.matchAll(/(?:^|;)\s*shot (\d+),\s*(\d+),([^;]*)/g)];
	if (shots.length === 0 || (settings.multi_shot !== undefined && !multiShot)) return undefined;
	const isNumbered = shots.every(([, number], index) => Number(number) === index + 1);
	if (!isNumbered || shots.length > 6) return 'the shots of prompt must be numbered from 1 to 6 at most';
	if (shots.some(([, , , words = '']) => words.length > 512)) {
		return 'the prompt of a shot can not be longer than 512';
	}
	const sum = shots.reduce((total, [, , length]) => total + Number(length), 0);
	return sum === seconds
		? undefined
		: `the sum of shot duration (${sum}) is not equal to duration (${seconds})`;
};

const durationIsWhole: Rule = ({settings}) =>
	isAbsent(settings.duration) || (Number.isInteger(settings.duration) && Number(settings.duration) > 0)
		? undefined
		: invalid('settings.duration', settings.duration);

const o1Duration: Rule = ({model, pictures, feature, base, seconds}) =>
	model.name === 'kling-video-o1' && pictures === 0 && !feature && !base && ![5, 10].includes(seconds)
		? 'Duration only supports 5 or 10 seconds when no refer_image is provided'
		: undefined;

const framesFit: Rule = ({path, firstFrame, lastFrame, base, feature, model}) => {
	if (path === 'image-to-video' && !firstFrame) return 'contents must contain first_frame';
	if (lastFrame && !firstFrame) return 'last_frame is not supported without first_frame';
	if (base && firstFrame) return 'first_frame and last_frame are not supported with base_video';
	return feature && lastFrame && model.name === 'kling-video-o1'
		? 'last_frame is not supported with feature_video'
		: undefined;
};

const needs1080p: Rule = ({model, audio, resolution, firstFrame, lastFrame}) => {
	if (resolution !== '720p') return undefined;
	if (model.only1080p?.includes('native') && audio === 'native') {
		return 'settings.audio native is only supported in 1080p';
	}
	return model.only1080p?.includes('frames') && firstFrame && lastFrame
		? 'last_frame is only supported in 1080p'
		: undefined;
};

const voicesFit: Rule = ({path, contents, audio}) =>
	path === 'image-to-video' && contents.some(({type}) => type === 'voice') && audio === 'off'
		? 'settings.audio off is not supported with voice'
		: undefined;

const referencesFit: Rule = ({path, model, pictures, elements, feature, base, firstFrame, lastFrame}) => {
	if (path !== 'omni-video') return undefined;
	const most = feature || base ? 4 : 7;
	if (pictures + elements > most) return `the total number of references can not exceed ${most}`;
	const isO1 = model.name === 'kling-video-o1';
	if (isO1 && firstFrame && lastFrame && pictures + elements > 0) {
		return 'references are not supported with first_frame and last_frame';
	}
	return !isO1 && firstFrame && elements > 3 ? 'contents can not hold more than 3 element' : undefined;
};

const shotsBesideClips: Rule = ({settings, base, feature, multiShot}) => {
	if (base && multiShot) return 'settings.multi_shot is not supported with base_video';
	return feature && given(settings, 'multi_shot') && !multiShot
		? 'settings.multi_shot must be true with feature_video'
		: undefined;
};

const motionComplete: Rule = ({path, contents, settings}) => {
	if (path !== 'motion-control') return undefined;
	const missing = ['image', 'video'].find((type) => !contents.some((item) => item.type === type));
	if (missing) return `contents must contain ${missing}`;
	const {character_orientation: orientation} = settings;
	if (isAbsent(orientation)) return 'settings.character_orientation cannot be empty';
	return orientation === 'image' || orientation === 'video'
		? undefined
		: invalid('settings.character_orientation', orientation);
};

/** In the order that a client observed: ratio, resolution, audio, prompt, duration. */
const rules: readonly Rule[] = [
	bodyShape,
	setting('aspect_ratio', ({model}) => model.ratios),
	resolutionKnown,
	audioKnown,
	promptFits,
	durationIsWhole,
	o1Duration,
	shotsFit,
	framesFit,
	needs1080p,
	voicesFit,
	referencesFit,
	shotsBesideClips,
	motionComplete,
];

/** What is wrong with a request of the newer standard; undefined if nothing is. */
export function newerFlaw(request: NewerRequest): string | undefined {
	for (const rule of rules) {
		const words = rule(request);
		if (words !== undefined) return words;
	}
	return undefined;
}
