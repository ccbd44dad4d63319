import {given, type RequestBody, type RequestFacts} from './facts.js';
import {type Combination, type Model, models} from './models.js';
import type {RuleName} from './rule-names.js';
import {hasMasks, invalid, type ModelRule, violation} from './rules.js';

/** Rules that compare a request with the row of its model (docs/kling-api.md §7). */

// §9: `<model> is not supported with motion brush`.
const notWith = ({modelName}: RequestFacts, field: string, rule: RuleName, feature: string) =>
	violation(field, rule, `${modelName} is not supported with ${feature}`);

// §6.3: `model/mode/duration(<model>/<mode>/<duration>) is not supported with image_tail`.
const combinationNotWith = (
	{modelName, mode, duration}: RequestFacts,
	field: string,
	rule: RuleName,
	feature: string,
) =>
	violation(
		field,
		rule,
		`model/mode/duration(${modelName}/${mode}/${duration}) is not supported with ${feature}`,
	);

const fits = ({mode, duration}: RequestFacts, {modes, durations}: Combination) =>
	modes.includes(mode) && (durations === undefined || durations.includes(duration));

function modeKnown({body, mode}: RequestFacts, model: Model) {
	return given(body, 'mode') && !model.modes.includes(mode) ? invalid('mode', 'mode', mode) : undefined;
}

function durationKnown({video, duration}: RequestFacts, model: Model) {
	// An edit is as long as its input, whatever the request says.
	if (video === 'base' || model.durations.includes(duration)) return;
	return invalid('duration', 'duration', duration);
}

/** Some models make fewer lengths when only text and frames are given. */
export function plainDuration({video, plainImages, duration}: RequestFacts, {plainDurations}: Model) {
	if (!plainDurations || video || plainImages > 0 || plainDurations.includes(duration)) return;
	return violation(
		'duration',
		'o1-duration',
		`Duration only supports ${plainDurations.join(' or ')} seconds when no refer_image is provided`,
	);
}

/** Some models accept nothing else together with a last frame. */
export function lastFrameAlone({lastFrame, images, elements}: RequestFacts, model: Model) {
	if (!model.lastFrame?.framesOnly || !lastFrame) return;
	if (images.length > 2) {
		return violation(
			'image_list',
			'o1-last-frame-images',
			'end_frame is not supported with more than 2 images',
		);
	}
	if (elements > 0) {
		return violation(
			'element_list',
			'o1-elements-with-frames',
			'element_list is not supported with first_frame and end_frame',
		);
	}
	return;
}

function soundKnown(facts: RequestFacts, {sound}: Model) {
	if (!facts.sound || sound === 'ignored') return;
	if (!sound) return notWith(facts, 'sound', 'sound-model', 'sound');
	return fits(facts, sound) ? undefined : combinationNotWith(facts, 'sound', 'sound-combination', 'sound');
}

function multiShotKnown(facts: RequestFacts, {multiShot}: Model) {
	return facts.multiShot && !multiShot
		? notWith(facts, 'multi_shot', 'multi-shot-model', 'multi_shot')
		: undefined;
}

function negativePromptKnown(facts: RequestFacts, {negativePrompt}: Model) {
	return given(facts.body, 'negative_prompt') && !negativePrompt
		? notWith(facts, 'negative_prompt', 'negative-prompt-model', 'negative_prompt')
		: undefined;
}

function cfgScaleKnown(facts: RequestFacts, {cfgScale}: Model) {
	return given(facts.body, 'cfg_scale') && !cfgScale
		? notWith(facts, 'cfg_scale', 'cfg-scale-model', 'cfg_scale')
		: undefined;
}

// The only model of an endpoint with camera control, as the refusal names it.
function cameraRefusal(type: string) {
	const [name, model] = Object.entries(models).find(([, {camera}]) => camera?.type === type) ?? [];
	if (!model?.camera) return 'camera_control is not supported';
	const {modes, durations = model.durations} = model.camera;
	return `camera_control is only supported in ${modes} mode with ${durations}s duration and ${name}`;
}

function cameraKnown(facts: RequestFacts, {camera}: Model) {
	const control = facts.body.camera_control;
	if (typeof control !== 'object' || control === null) return;
	if (camera?.type !== facts.type || !fits(facts, camera)) {
		return violation('camera_control', 'camera-model', cameraRefusal(facts.type));
	}
	const {type} = control as RequestBody;
	// A missing type is reported by another rule.
	return camera.simpleOnly && typeof type === 'string' && type !== 'simple'
		? invalid('camera_control.type', 'camera-simple', type)
		: undefined;
}

export function lastFrameKnown(facts: RequestFacts, {lastFrame}: Model) {
	if (!facts.lastFrame) return;
	const alone = !given(facts.body, 'image');
	if (!lastFrame || !fits(facts, lastFrame) || (alone && !lastFrame.tailAlone)) {
		return combinationNotWith(facts, 'image_tail', 'last-frame-combination', 'image_tail');
	}
	return lastFrame.silentOnly && facts.sound
		? violation('sound', 'last-frame-sound', 'sound on is not supported with image_tail')
		: undefined;
}

export function masksKnown(facts: RequestFacts, {masks}: Model) {
	if (!hasMasks(facts.body)) return;
	const field = given(facts.body, 'static_mask') ? 'static_mask' : 'dynamic_masks';
	if (!masks) return notWith(facts, field, 'masks-model', 'motion brush');
	return fits(facts, masks)
		? undefined
		: combinationNotWith(facts, field, 'masks-combination', 'motion brush');
}

export function voicesKnown(facts: RequestFacts, {voices}: Model) {
	if (facts.voices === 0) return;
	if (!voices) return notWith(facts, 'voice_list', 'voices-model', 'voice_list');
	return fits(facts, voices)
		? undefined
		: combinationNotWith(facts, 'voice_list', 'voices-combination', 'voice_list');
}

export function elementsKnown(facts: RequestFacts, {elements}: Model) {
	return facts.elements > 0 && !elements
		? notWith(facts, 'element_list', 'elements-model', 'element_list')
		: undefined;
}

/** The rules for every type that makes a video. */
export const everyModelRule: readonly ModelRule[] = [
	modeKnown,
	durationKnown,
	soundKnown,
	multiShotKnown,
	negativePromptKnown,
	cfgScaleKnown,
	cameraKnown,
];
