import {Args, Flags} from '@oclif/core';
import type {ErrorCode} from '../../lib/errors/error-table.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {type CameraControl, cameraAxes, cameraPresets, parseCamera} from '../../lib/inputs/camera.js';
import {parseElementId} from '../../lib/inputs/elements.js';
import {limits} from '../../lib/inputs/limits.js';
import {readPrompt} from '../../lib/inputs/prompt.js';
import {parseShot, type Shot} from '../../lib/inputs/shots.js';
import {taskTypes} from '../../lib/task-types/index.js';
import {type Mode, models, modes} from '../../lib/task-types/models.js';
import {defaultRatio, defaultSeconds, type Ratio, ratios} from '../../lib/task-types/scene.js';
import {durationsText, modelsText, modesText} from '../../lib/task-types/wording.js';
import type {RequestSources} from '../requests/builder.js';
import {factsOf, withErrorCode, withFacts} from './facts.js';
import {wholeNumber} from './parsers.js';
import {cfgScaleFlag, negativeFlag} from './shared.js';

/** Arguments and flags of the commands that make a video from scratch. */

const promptOfLength = (most: string) =>
	Args.string({
		name: 'prompt',
		description: `what to show, at most ${most}; - reads it from stdin`,
		ignoreStdin: true,
	});

export const promptArg = promptOfLength(`${limits.prompt} characters`);

/** The prompt of a type for which some models accept longer prompts. */
export function longPromptArg(type: 'create' | 'text2video' | 'image2video') {
	const names = Object.values(models).flatMap(({newer}) =>
		newer?.longPrompts?.includes(type) ? [newer.name] : [],
	);
	return promptOfLength(
		`${limits.prompt} characters, or ${limits.longPrompt} with an API key and ${names.join(' or ')}`,
	);
}

/** The prompt of a request, from whichever place it was given in. */
export const promptOf = (
	args: {prompt?: string | undefined},
	flags: {prompt?: string | undefined; 'prompt-file'?: string | undefined},
	{stdin}: RequestSources,
) => {
	if (args.prompt !== undefined && flags.prompt !== undefined) {
		throw new KlingError('conflicting_input', 'Both a PROMPT and --prompt were given', {
			hint: 'Give the prompt in one place.',
		});
	}
	return readPrompt({argument: args.prompt ?? flags.prompt, file: flags['prompt-file'], stdin});
};

export const modelFlag = (type: 'create' | 'text2video' | 'image2video' | 'motion') =>
	withErrorCode(
		'invalid_model',
		Flags.string({
			char: 'm',
			helpValue: 'NAME',
			description: modelsText(type),
			default: taskTypes[type].models?.command,
			parse: async (input) => {
				const name = input.trim();
				if (name === '') throw new KlingError('invalid_model', '--model is empty');
				const {knownModel} = await import('../../lib/task-types/model-names.js');
				return knownModel(name) ?? name;
			},
		}),
	);

export const ratioFlag = (description: string) =>
	Flags.custom<Ratio>({description, options: [...ratios], defaultHelp: async () => defaultRatio})();

/** The element ids of a request. The API's numbers for them do not fit into a double. */
export const elementIds = async (
	elements: readonly string[] = [],
	{assetId}: Pick<RequestSources, 'assetId'>,
): Promise<bigint[] | undefined> => {
	if (elements.length === 0) return undefined;
	const ids = await Promise.all(elements.map((element) => assetId('element', element)));
	return ids.map(parseElementId);
};

/** Resolves voices given by name or id to ids. */
export const voiceIds = async (
	voices: readonly string[] | undefined,
	{assetId}: Pick<RequestSources, 'assetId'>,
): Promise<string[] | undefined> => voices && Promise.all(voices.map((voice) => assetId('voice', voice)));

/** A picture. A file is checked and sent; a URL is fetched by Kling. */
export const pictureFlag = (description: string, code: ErrorCode = 'invalid_image') =>
	withErrorCode(code, Flags.string({helpValue: 'FILE|URL', description}));

export const elementFlag = withErrorCode(
	'invalid_element',
	Flags.string({
		helpValue: 'NAME|ID',
		description: 'an element, by its name or id; repeat it for several',
		multiple: true,
		// Otherwise oclif would take the PROMPT after it as another value.
		multipleNonGreedy: true,
		parse: async (input) => {
			if (input.trim() !== '') return input.trim();
			throw new KlingError('invalid_element', '--element is empty');
		},
	}),
);

const wholeSeconds = wholeNumber('duration', 1, 60, 'invalid_duration');

/** Seconds, as a number or as `5s`. */
const seconds = withFacts(
	async (input: string) => wholeSeconds(input.trim().replace(/(?<=^\d+)\s*s(ec(onds?)?)?$/i, '')),
	factsOf({parse: wholeSeconds}),
);

/** Alternative names of modes, by picture height. */
const modeAliases: Readonly<Record<string, Mode>> = {'720p': 'std', '1080p': 'pro', '2160p': '4k'};

/** Ways to give a prompt other than the argument. */
export const promptFlags = {
	prompt: Flags.string({hidden: true, helpValue: 'TEXT', description: 'the PROMPT'}),
	'prompt-file': Flags.string({
		helpValue: 'FILE',
		description: 'file that holds the prompt, instead of PROMPT',
	}),
};

/** Flags that all of these commands have. */
export const sceneFlags = {
	...promptFlags,
	'allow-unknown-model': Flags.boolean({
		description: 'send a --model that this version of kling does not know',
	}),
	mode: withErrorCode(
		'invalid_mode',
		Flags.custom<Mode>({
			description: '720p, 1080p or 2160p',
			options: [...modes, ...Object.keys(modeAliases)],
			parse: async (input) => modeAliases[input] ?? (input as Mode),
			defaultHelp: async () => modesText(),
		})(),
	),
	duration: Flags.custom<number>({
		helpValue: 'SECONDS',
		description: `length of the video: ${durationsText()}`,
		defaultHelp: async () => `${defaultSeconds}, or that of the shots together`,
		parse: seconds,
	})(),
	sound: Flags.boolean({description: 'also make sound, which costs more'}),
	shot: withErrorCode(
		'invalid_shot',
		Flags.custom<Shot>({
			helpValue: '"PROMPT@SECONDS"',
			description: `one shot, instead of the PROMPT; up to ${limits.shots} times, each with at most ${limits.shotPrompt} characters`,
			multiple: true,
			multipleNonGreedy: true,
			parse: async (input) => parseShot(input),
		})(),
	),
	'auto-shots': Flags.boolean({description: 'let the model make several shots of the PROMPT'}),
	watermark: Flags.boolean({description: 'also make a watermarked copy'}),
};

/** Flags that text2video and image2video share. */
export const classicFlags = {
	negative: negativeFlag,
	'cfg-scale': cfgScaleFlag(),
	camera: withErrorCode(
		'invalid_camera',
		Flags.custom<CameraControl>({
			helpValue: 'MOVE',
			description: `one of ${cameraPresets.join(', ')}, or AXIS=VALUE, from -${limits.camera} to ${limits.camera}, with one of ${cameraAxes.join(', ')}; old models only`,
			parse: async (input) => parseCamera(input),
		})(),
	),
};

/** Converts sceneFlags to the names used in lib. */
export function sceneOptions(flags: {
	model: string;
	mode: Mode | undefined;
	duration: number | undefined;
	sound: boolean;
	shot: Shot[] | undefined;
	'auto-shots': boolean;
	watermark: boolean;
	'allow-unknown-model': boolean;
}) {
	const {model, mode, duration, sound, shot: shots, 'auto-shots': autoShots, watermark} = flags;
	const allowUnknownModel = flags['allow-unknown-model'];
	return {model, allowUnknownModel, mode, duration, sound, shots, autoShots, watermark};
}

/** Converts classicFlags to the names used in lib. */
export function classicOptions(flags: {
	negative: string | undefined;
	'cfg-scale': number | undefined;
	camera: CameraControl | undefined;
}) {
	return {negative: flags.negative, cfgScale: flags['cfg-scale'], camera: flags.camera};
}
