import {type Reply, refusals} from '../reply.js';
import {
	type Facts,
	firstViolation,
	hasMasks,
	isSupported,
	notInCombination,
	notWithModel,
	type Rule,
	readFacts,
} from './facts.js';
import {
	commonWithMark,
	elementId,
	empty,
	type Fields,
	findFlaw,
	invalid,
	listOf,
	needed,
	number,
	object,
	oneOf,
	text,
	wholeNumber,
} from './fields.js';
import {type ModelPolicy, type ModelsOfPath, refuseModel, serverModels} from './models.js';
import {type Body, given, isAbsent, isObject, list} from './read.js';
import {promptNeeded, shotFields, shotRules} from './shots.js';

/*
 * The rules of text2video and image2video (docs/kling-api.md §6.2, §6.3). Accepted and ignored, as existing clients show:
 * cfg_scale with any model, mode with a master model, sound with a model that makes none.
 */

const axis = number(-10, 10);
const axes = ['horizontal', 'vertical', 'pan', 'tilt', 'roll', 'zoom'];

const fields: Fields = {
	model_name: text(),
	prompt: text(2500),
	negative_prompt: text(2500),
	...shotFields,
	cfg_scale: number(0, 1),
	sound: oneOf('on', 'off'),
	camera_control: object({
		type: oneOf('simple', 'down_back', 'forward_up', 'right_turn_forward', 'left_turn_forward'),
		config: object(Object.fromEntries(axes.map((name) => [name, axis]))),
	}),
	...commonWithMark,
};

const textFields: Fields = {...fields, aspect_ratio: oneOf('16:9', '9:16', '1:1')};

const point = {
	x: needed(wholeNumber(Number.NEGATIVE_INFINITY)),
	y: needed(wholeNumber(Number.NEGATIVE_INFINITY)),
};

const imageFields: Fields = {
	...fields,
	image: text(),
	image_tail: text(),
	element_list: listOf({element_id: needed(elementId)}, 3),
	voice_list: listOf({voice_id: needed(text())}, 2),
	static_mask: text(),
	dynamic_masks: listOf({mask: needed(text()), trajectories: needed(listOf(point, 77))}, 6),
};

const modeKnown: Rule = ({body, model, mode}) =>
	given(body, 'mode') && model.modes && !model.modes.includes(mode) ? invalid('mode', mode) : undefined;

const durationKnown: Rule = ({body, model, seconds}) =>
	typeof (body.duration ?? '') === 'string' && model.durations.includes(seconds)
		? undefined
		: invalid('duration', body.duration);

const soundFits: Rule = (facts) =>
	facts.sound && facts.model.sound && !isSupported(facts, facts.model.sound)
		? notInCombination(facts, 'sound')
		: undefined;

// The only model of an endpoint that has a camera, as the refusal names it.
function cameraWords(endpoint: Endpoint): string {
	const [name, model] =
		Object.entries(serverModels).find(([, {camera}]) => camera?.endpoint === endpoint) ?? [];
	const {modes, durations} = model?.camera ?? {};
	return `camera_control is only supported in ${modes} mode with ${durations}s duration and ${name}`;
}

const cameraFits =
	(endpoint: Endpoint): Rule =>
	(facts) => {
		const {camera} = facts.model;
		if (!isObject(facts.body.camera_control)) return undefined;
		if (camera?.endpoint !== endpoint || !isSupported(facts, camera)) return cameraWords(endpoint);
		const {type, config} = facts.body.camera_control;
		if (isAbsent(type)) return empty('camera_control.type');
		if (camera.simpleOnly && type !== 'simple') return invalid('camera_control.type', type);
		if (type !== 'simple') return isAbsent(config) ? undefined : invalid('camera_control.config', config);
		if (!isObject(config)) return empty('camera_control.config');
		const moved = axes.filter((name) => Number(config[name] ?? 0) !== 0);
		return moved.length === 1 ? undefined : invalid('camera_control.config', config);
	};

const imageNeeded: Rule = ({body}) =>
	given(body, 'image') || given(body, 'image_tail')
		? undefined
		: 'image and image_tail can not be empty at the same time';

const oneControl: Rule = ({body}) => {
	const kinds = [
		...(given(body, 'image_tail') ? ['image_tail'] : []),
		...(hasMasks(body) ? [given(body, 'static_mask') ? 'static_mask' : 'dynamic_masks'] : []),
		...(given(body, 'camera_control') ? ['camera_control'] : []),
	];
	return kinds.length > 1 ? `${kinds.join(' and ')} can not be set at the same time` : undefined;
};

const lastFrameFits: Rule = (facts) => {
	const {body, model, sound} = facts;
	if (!given(body, 'image_tail')) return undefined;
	const {lastFrame} = model;
	if (!lastFrame || !isSupported(facts, lastFrame) || (!given(body, 'image') && !lastFrame.tailAlone)) {
		return notInCombination(facts, 'image_tail');
	}
	return lastFrame.silentOnly && sound ? 'sound on is not supported with image_tail' : undefined;
};

const masksFit: Rule = (facts) => {
	if (!hasMasks(facts.body)) return undefined;
	if (!facts.model.masks) return notWithModel(facts, 'motion brush');
	const short = list(facts.body, 'dynamic_masks').find((mask) => list(mask, 'trajectories').length < 2);
	if (short) return invalid('dynamic_masks.trajectories', short.trajectories);
	return isSupported(facts, facts.model.masks) ? undefined : notInCombination(facts, 'motion brush');
};

const elementsFit: Rule = (facts) => {
	const {body, model} = facts;
	if (!given(body, 'element_list')) return undefined;
	if (!model.elements) return notWithModel(facts, 'element_list');
	return given(body, 'voice_list')
		? 'element_list and voice_list can not be set at the same time'
		: undefined;
};

const voicesFit: Rule = (facts) => {
	const {body, model, sound, prompt} = facts;
	if (!given(body, 'voice_list')) return undefined;
	if (!model.voices) return notWithModel(facts, 'voice_list');
	if (!isSupported(facts, model.voices)) return notInCombination(facts, 'voice_list');
	if (!sound) return 'sound off is not supported with voice_list';
	return prompt?.includes('<<<voice_1>>>')
		? undefined
		: 'prompt should contain <<<voice_1>>> with voice_list';
};

type Endpoint = 'text2video' | 'image2video';

const textModels = [
	'kling-v1',
	'kling-v1-6',
	'kling-v2-master',
	'kling-v2-1-master',
	'kling-v2-5-turbo',
	'kling-v2-6',
	'kling-v3',
];

const omniModels = ['kling-v3-omni', 'kling-video-o1', 'kling-v3-turbo'];

const foreignToText = [...omniModels, 'kling-v1-5', 'kling-v2-1'];

const modelsOf: Readonly<Record<Endpoint, ModelsOfPath>> = {
	text2video: {usual: 'kling-v1', names: textModels, foreign: foreignToText},
	image2video: {
		usual: 'kling-v1',
		names: [...textModels, 'kling-v1-5', 'kling-v2-1'],
		foreign: omniModels,
	},
};

const modelRules: readonly Rule[] = [modeKnown, durationKnown, soundFits];

// The documentation of 2026 requires a prompt for image2video as well; that of 2025, and existing clients, do not.
const rulesOf: Readonly<Record<Endpoint, readonly Rule[]>> = {
	text2video: [promptNeeded, ...shotRules, ...modelRules, cameraFits('text2video')],
	image2video: [
		imageNeeded,
		...shotRules,
		oneControl,
		...modelRules,
		cameraFits('image2video'),
		elementsFit,
		lastFrameFits,
		masksFit,
		voicesFit,
	],
};

const validator =
	(endpoint: Endpoint, known: Fields) =>
	(body: Body, policy: ModelPolicy): Reply | undefined => {
		const flaw = findFlaw(known, body);
		if (flaw) return refusals.badValue(flaw);
		const facts: Facts = readFacts(body, modelsOf[endpoint], 'std');
		const words = firstViolation(rulesOf[endpoint], facts);
		return (
			refuseModel(facts.name, modelsOf[endpoint], facts.model.state, policy) ??
			(words === undefined ? undefined : refusals.badValue(words))
		);
	};

export const validateTextToVideo = validator('text2video', textFields);
export const validateImageToVideo = validator('image2video', imageFields);
