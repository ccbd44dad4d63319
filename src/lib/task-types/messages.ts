import {
	controlsWords,
	durationWords,
	fixedMessage,
	lastFrameWords,
	limitedFeature,
	missingFeature,
	modeWords,
	referencesWords,
	shotsDurationWords,
	soundOf,
	typeWords,
} from './message-parts.js';
import type {RuleName} from './rule-names.js';
import type {Advice} from './rules.js';
import {liveModels, or} from './wording.js';

/** Rules that stop a request; the remaining one is a warning. */
export type BlockingRule = Exclude<RuleName, 'model-unknown'>;

const cameraHelp = fixedMessage('--camera takes a preset, or one axis and its value, such as zoom=-3');
const promptHelp = fixedMessage(
	'A prompt is missing: give it as PROMPT, with --prompt-file FILE, or as - to read it from stdin',
);

/** For each rule of rules.ts and model-matrix.ts, the message in terms of flags. */
export const advice: Readonly<Record<BlockingRule, Advice>> = {
	'prompt-missing': {code: 'missing_prompt', words: promptHelp},
	'shot-type-missing': {
		code: 'invalid_shot',
		words: fixedMessage('Several shots need --shot or --auto-shots'),
	},
	'shots-missing': {
		code: 'invalid_shot',
		words: fixedMessage('Shots are missing: add --shot "PROMPT@SECONDS"'),
	},
	'shots-numbering': {
		code: 'invalid_shot',
		words: fixedMessage('Each --shot must be numbered from 1, without gaps'),
	},
	'shots-duration': {code: 'invalid_duration', words: shotsDurationWords},
	'frame-repeated': {
		code: 'conflicting_input',
		words: fixedMessage('--first-frame and --last-frame can be given once'),
	},
	'frames-with-base': {
		code: 'conflicting_input',
		words: fixedMessage(
			'--base-video is edited as it is: leave out --first-frame and --last-frame, or use --ref-video',
		),
	},
	'last-frame-alone': {
		code: 'conflicting_input',
		words: fixedMessage('--last-frame works only together with a first frame: add --first-frame'),
	},
	'references-too-many': {code: 'conflicting_input', words: referencesWords},
	'elements-with-frames': {
		code: 'conflicting_input',
		words: fixedMessage('With --first-frame 3 elements are allowed: leave out some --element'),
	},
	'sound-with-video': {
		code: 'conflicting_input',
		words: fixedMessage(
			'Kling makes no sound for a request with a video: leave out --sound; --keep-sound keeps that of the video',
		),
	},
	'custom-shots-with-feature': {
		code: 'conflicting_input',
		words: fixedMessage(
			'--shot does not work with --ref-video: describe the shots in the prompt, and add --auto-shots',
		),
	},
	'aspect-ratio-missing': {code: 'invalid_flag', words: fixedMessage(`--ratio is missing: add --ratio 16:9`)},
	'image-missing': {
		code: 'invalid_image',
		words: fixedMessage('A picture is missing: add --image FILE or --image URL'),
	},
	'controls-combined': {code: 'conflicting_input', words: controlsWords},
	'camera-type-missing': {code: 'invalid_camera', words: cameraHelp},
	'camera-config-missing': {code: 'invalid_camera', words: cameraHelp},
	'camera-config': {code: 'invalid_camera', words: cameraHelp},
	'voices-with-elements': {
		code: 'conflicting_input',
		words: fixedMessage('--voice and --element do not work together: leave out one of them'),
	},
	'voices-without-sound': {
		code: 'conflicting_input',
		words: fixedMessage('--voice needs sound: add --sound'),
	},
	'voices-not-in-prompt': {
		code: 'invalid_prompt',
		words: fixedMessage('--voice needs its place in the PROMPT: write <<<voice_1>>> where the voice speaks'),
	},
	'video-id-missing': {code: 'missing_video_id', words: fixedMessage('A VIDEO_ID is missing')},
	'one-source': {code: 'conflicting_input', words: fixedMessage('Give one of VIDEO_ID and --url')},
	'model-type': {code: 'invalid_model', words: typeWords},
	'model-off': {
		code: 'invalid_model',
		words: ({modelName, type}) => `Kling has switched ${modelName} off: use --model ${or(liveModels(type))}`,
	},
	mode: {code: 'invalid_mode', words: modeWords},
	duration: {code: 'invalid_duration', words: durationWords},
	'o1-duration': {
		code: 'invalid_duration',
		words: ({modelName}) =>
			`${modelName} makes 5 or 10 s unless a --ref-image or --ref-video is given: use --duration 5 or 10`,
	},
	'o1-last-frame-images': {
		code: 'conflicting_input',
		words: ({modelName}) =>
			`${modelName} takes no --ref-image together with --last-frame: leave out one of them`,
	},
	'o1-elements-with-frames': {
		code: 'conflicting_input',
		words: ({modelName}) =>
			`${modelName} takes no --element together with --last-frame: leave out one of them`,
	},
	'sound-model': {
		code: 'conflicting_input',
		words: missingFeature('makes no sound', '--sound', (model) => !!soundOf(model)),
	},
	'sound-combination': {code: 'conflicting_input', words: limitedFeature('makes sound', '--sound', soundOf)},
	'multi-shot-model': {
		code: 'conflicting_input',
		words: (facts) =>
			missingFeature(
				'makes one shot',
				facts.shots.length > 0 ? '--shot' : '--auto-shots',
				({multiShot}) => !!multiShot,
			)(facts),
	},
	'negative-prompt-model': {
		code: 'conflicting_input',
		words: missingFeature('takes no negative prompt', '--negative', ({negativePrompt}) => !!negativePrompt),
	},
	'cfg-scale-model': {
		code: 'conflicting_input',
		words: missingFeature('ignores --cfg-scale', '--cfg-scale', ({cfgScale}) => !!cfgScale),
	},
	'camera-model': {
		code: 'conflicting_input',
		words: limitedFeature('takes --camera', '--camera', ({camera}) => camera),
	},
	'camera-simple': {
		code: 'invalid_camera',
		words: ({modelName}) =>
			`${modelName} has no presets: give --camera one axis and its value, such as zoom=-3`,
	},
	'last-frame-combination': {code: 'conflicting_input', words: lastFrameWords},
	'last-frame-sound': {
		code: 'conflicting_input',
		words: ({modelName}) => `${modelName} makes no sound with --last-frame: leave out --sound`,
	},
	'masks-model': {
		code: 'conflicting_input',
		words: missingFeature('has no motion brush', '--static-mask and --dynamic-mask', ({masks}) => !!masks),
	},
	'masks-combination': {
		code: 'conflicting_input',
		words: limitedFeature('takes --static-mask and --dynamic-mask', '--static-mask', ({masks}) => masks),
	},
	'voices-model': {
		code: 'conflicting_input',
		words: missingFeature('has no voices', '--voice', ({voices}) => !!voices),
	},
	'voices-combination': {
		code: 'conflicting_input',
		words: limitedFeature('takes --voice', '--voice', ({voices}) => voices),
	},
	'elements-model': {
		code: 'conflicting_input',
		words: missingFeature('takes no elements', '--element', ({elements}) => !!elements),
	},
};
