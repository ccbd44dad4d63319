import type {ErrorCode} from '../errors/error-table.js';
import {KlingError} from '../errors/kling-error.js';
import {limits} from '../inputs/limits.js';
import {refuseDamagedText} from './damaged-text.js';
import type {TaskTypeDefinition} from './definition.js';
import {given, list, type RequestBody, type RequestFacts, requestFacts} from './facts.js';
import {advice, type BlockingRule} from './messages.js';
import {nearestModel} from './model-names.js';
import {checkDefined} from './model-rules.js';
import {models} from './models.js';
import {lengthOf} from './prompt-length.js';
import type {Violation} from './rules.js';
import {ratios} from './scene.js';
import {type SchemaViolation, validateBySchema} from './schema.js';
import {liveModels, or} from './wording.js';

type Warning = (facts: RequestFacts) => string | false | undefined;

const warnings: readonly Warning[] = [
	({model, modelName}) => !model && `Nothing is known about ${modelName}: it is sent as it is`,
	({model, modelName}) =>
		model?.state === 'retired' && `${modelName} was to end on 2026-09-15: Kling may refuse it`,
	({model, modelName}) =>
		model?.state === 'unknown' && `It is not known whether ${modelName} still works: Kling may refuse it`,
	({model, modelName, sound}) =>
		sound && model?.sound === 'ignored' && `${modelName} is not known to make sound: --sound may do nothing`,
	({prompt, shots}) =>
		prompt !== undefined && shots.length > 0 && 'Kling ignores the PROMPT if --shot is given',
	({body, video}) =>
		video === 'base' &&
		given(body, 'duration') &&
		'Kling ignores --duration with --base-video: the result is as long as that video',
];

interface FieldAdvice {
	code: ErrorCode;
	/** Names the flag and its allowed values. */
	words: string;
}

const url = 'must be an http or https address';

// Advice for schema fields that come from flags, except for errors that the flag itself rules out.
const fields: Readonly<Record<string, FieldAdvice>> = {
	prompt: {
		code: 'invalid_prompt',
		words: `The PROMPT may have ${limits.prompt} characters, and ${limits.longPrompt} with some models`,
	},
	negative_prompt: {code: 'invalid_prompt', words: `--negative may have ${limits.prompt} characters`},
	multi_prompt: {
		code: 'invalid_shot',
		words: `--shot may be given ${limits.shots} times, each with at most ${limits.shotPrompt} characters`,
	},
	element_list: {
		code: 'invalid_element',
		words: `--element is a whole number, and image2video takes ${limits.elements} of them`,
	},
	video_list: {code: 'invalid_url', words: `--ref-video and --base-video ${url}`},
	aspect_ratio: {code: 'invalid_flag', words: `--ratio is ${or(ratios)}`},
	cfg_scale: {code: 'invalid_cfg_scale', words: '--cfg-scale is a number from 0 to 1'},
	camera_control: {
		code: 'invalid_camera',
		words: `--camera is a preset, or an axis and a value from -${limits.camera} to ${limits.camera}`,
	},
	voice_list: {
		code: 'invalid_flag',
		words: `--voice is the id of a voice, and may be given ${limits.voices} times`,
	},
	dynamic_masks: {
		code: 'invalid_mask',
		words: `--dynamic-mask may be given ${limits.masks} times, each with ${limits.fewestPoints} to ${limits.maxPoints} points`,
	},
	sound_effect_prompt: {code: 'invalid_sound', words: `--sound may have ${limits.soundPrompt} characters`},
	bgm_prompt: {code: 'invalid_bgm', words: `--bgm may have ${limits.soundPrompt} characters`},
	video_id: {code: 'missing_video_id', words: 'A VIDEO_ID is missing'},
	video_url: {code: 'invalid_url', words: `--url ${url}`},
};

/**
 * Refuses a request body that Kling would refuse, in terms of command flags, before anything is sent. Only
 * the models in models.ts can be checked; others pass with a warning.
 * @param allowUnknownModel whether a model that is not in models.ts passes
 * @param maxPromptLength limit in characters, when the standard in use allows more than usual; see
 * prompt-length.ts
 * @returns warnings, for people
 * @throws KlingError whose message names the flag, the rule and what would work
 */
export function checkBeforeSending(
	definition: TaskTypeDefinition,
	body: RequestBody,
	{allowUnknownModel = false, maxPromptLength = limits.prompt as number} = {},
): string[] {
	refuseDamagedText(body);
	const facts = requestFacts(definition, body);
	if (definition.models && !facts.model && !allowUnknownModel) throw unknownModel(facts);
	const flaw = validateBySchema(definition.schema, schemaView(definition, facts));
	if (flaw) throw schemaError(flaw, facts);
	if (lengthOf(facts.prompt ?? '') > maxPromptLength) throw promptTooLong(facts, maxPromptLength);
	for (const broken of checkDefined(definition, body)) {
		if (broken.rule !== 'model-unknown') throw ruleError(broken, facts);
	}
	const applicable = [...(definition.models ? warnings : []), ...(definition.warnings ?? [])];
	return applicable.map((warning) => warning(facts) || '').filter((text) => text !== '');
}

function promptTooLong({prompt = '', modelName, model, type}: RequestFacts, longest: number): KlingError {
	const takesMore = model?.newer?.longPrompts?.includes(type) === true && longest < limits.longPrompt;
	const hint = `On the newer standard of the API ${modelName} takes ${limits.longPrompt}: use an API key, without --api v1.`;
	return new KlingError(
		'invalid_prompt',
		`The PROMPT may have ${longest} characters, and has ${lengthOf(prompt)}`,
		takesMore ? {hint} : {},
	);
}

function unknownModel({modelName, type}: RequestFacts): KlingError {
	const near = nearestModel(modelName, (name) => {
		const model = models[name];
		return model?.state === 'live' && model.types.includes(type);
	});
	return new KlingError('invalid_model', `kling knows no model ${modelName}`, {
		hint:
			near === undefined
				? `Use --model ${or(liveModels(type))}. If it is a new one: add --allow-unknown-model.`
				: `Did you mean --model ${near}? If it is a new one: add --allow-unknown-model.`,
	});
}

/** The body in a form that the schema can check. */
function schemaView({models}: TaskTypeDefinition, {body, model}: RequestFacts): RequestBody {
	return {
		...body,
		// Ids beyond 2^53 are bigints, which JSON Schema does not support.
		...(given(body, 'element_list') && {
			element_list: list(body, 'element_list').map((item) => ({
				...item,
				element_id: Number(item.element_id),
			})),
		}),
		// A new model may have modes and durations that no known model has.
		...(models && !model && {mode: undefined, duration: undefined}),
	};
}

/** The error for a broken rule. */
function ruleError({rule, advice: own}: Pick<Violation, 'rule' | 'advice'>, facts: RequestFacts): KlingError {
	const {code, words} = own ?? advice[rule as BlockingRule];
	return new KlingError(code, words(facts));
}

function schemaError({field, message}: SchemaViolation, facts: RequestFacts): KlingError {
	const name = field.replace(/[.[].*$/s, '');
	if (facts.model && (name === 'mode' || name === 'duration')) return ruleError({rule: name}, facts);
	const {code = 'invalid_flag', words = message} = fields[name] ?? {};
	return new KlingError(code, words);
}
