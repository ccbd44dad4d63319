import type {ErrorCode} from '../errors/error-table.js';
import {cameraAxes} from '../inputs/camera.js';
import {given, type RequestBody, type RequestFacts, text} from './facts.js';
import type {Model} from './models.js';
import type {RuleName} from './rule-names.js';

/** A violation of an API rule. */
export interface Violation {
	/** The API's name of the field to change. */
	field: string;
	/** The broken rule. */
	rule: RuleName | (string & {});
	/** In Kling's words. */
	message: string;
	/** The advice in terms of flags, when messages.ts has no row for the rule. */
	advice?: Advice;
}

/** What a broken rule means to the user who typed the command. */
export interface Advice {
	code: ErrorCode;
	/** Names the flag, the rule, and what would work. */
	words: (facts: RequestFacts) => string;
}

export type Rule = (facts: RequestFacts) => Violation | undefined;

/** A rule about what the request's model can do. */
export type ModelRule = (facts: RequestFacts, model: Model) => Violation | undefined;

/** @param advice default: the message in messages.ts */
export const violation = (
	field: string,
	rule: Violation['rule'],
	message: string,
	advice?: Advice,
): Violation => ({field, rule, message, ...(advice && {advice})});

const empty = (field: string, rule: RuleName) => violation(field, rule, `${field} can not be empty`);

export const invalid = (field: string, rule: RuleName, value: unknown) =>
	violation(field, rule, `${field} value '${value}' is invalid`);

const together = (field: string, rule: RuleName, ...fields: string[]) =>
	violation(field, rule, `${fields.join(' and ')} can not be set at the same time`);

// A multi-shot request with its own shots takes no prompt (§6.1).
export function promptNeeded(facts: RequestFacts) {
	return facts.prompt === undefined && !facts.multiShot
		? empty('prompt', 'prompt-missing')
		: promptNeededForShots(facts);
}

export function promptNeededForShots({prompt, multiShot, shotType}: RequestFacts) {
	const needed = prompt === undefined && multiShot && shotType === 'intelligence';
	return needed ? empty('prompt', 'prompt-missing') : undefined;
}

function shotTypeNeeded({multiShot, shotType}: RequestFacts) {
	return multiShot && shotType === undefined ? empty('shot_type', 'shot-type-missing') : undefined;
}

const customShots = ({multiShot, shotType}: RequestFacts) => multiShot && shotType === 'customize';

function shotsNeeded(facts: RequestFacts) {
	return customShots(facts) && facts.shots.length === 0 ? empty('multi_prompt', 'shots-missing') : undefined;
}

function shotsNumbered(facts: RequestFacts) {
	if (!customShots(facts)) return;
	const wrong = facts.shots.find((shot, position) => shot.index !== position + 1);
	return wrong && invalid('multi_prompt.index', 'shots-numbering', wrong.index);
}

function shotsFillDuration(facts: RequestFacts) {
	// Missing shots are reported by another rule.
	if (!customShots(facts) || facts.shots.length === 0) return;
	const sum = facts.shots.reduce((total, shot) => total + Number(shot.duration), 0);
	if (sum === facts.duration) return;
	return violation(
		'multi_prompt',
		'shots-duration',
		`the sum of multi_prompt duration (${sum}) is not equal to duration (${facts.duration})`,
	);
}

export function oneOfEachFrame({images}: RequestFacts) {
	const twice = ['first_frame', 'end_frame'].find(
		(frame) => images.filter((image) => image.type === frame).length > 1,
	);
	if (!twice) return;
	return violation('image_list', 'frame-repeated', `image_list can not hold more than one ${twice}`);
}

export function lastFrameNeedsFirst({firstFrame, lastFrame}: RequestFacts) {
	if (!lastFrame || firstFrame) return;
	return violation('image_list', 'last-frame-alone', 'end_frame is not supported without first_frame');
}

export function referencesCounted({images, elements, video}: RequestFacts) {
	const most = video ? 4 : 7;
	if (images.length + elements <= most) return;
	const where = video ? 'with' : 'without';
	return violation(
		'image_list',
		'references-too-many',
		`the total number of image_list and element_list can not exceed ${most} ${where} video input`,
	);
}

export function elementsBesideFrames({firstFrame, elements}: RequestFacts) {
	if (!firstFrame || elements <= 3) return;
	return violation('element_list', 'elements-with-frames', 'element_list can not exceed 3 with first_frame');
}

export function baseWithoutFrames({video, firstFrame, lastFrame}: RequestFacts) {
	if (video !== 'base' || !(firstFrame || lastFrame)) return;
	return violation(
		'image_list',
		'frames-with-base',
		'first_frame and end_frame are not supported with base video',
	);
}

export function videoIsSilent({video, sound}: RequestFacts) {
	if (!video || !sound) return;
	return violation('sound', 'sound-with-video', 'sound on is not supported with video input');
}

export function ratioNeeded({body, video, firstFrame}: RequestFacts) {
	const known = video === 'base' || (firstFrame && video !== 'feature');
	return known || given(body, 'aspect_ratio') ? undefined : empty('aspect_ratio', 'aspect-ratio-missing');
}

export function featureWithOwnShots(facts: RequestFacts) {
	if (facts.video !== 'feature' || !customShots(facts)) return;
	return violation(
		'shot_type',
		'custom-shots-with-feature',
		'shot_type customize is not supported with feature video',
	);
}

export function imageNeeded({body}: RequestFacts) {
	if (given(body, 'image') || given(body, 'image_tail')) return;
	return violation('image', 'image-missing', 'image and image_tail can not be empty at the same time');
}

export const hasMasks = (body: RequestBody) => given(body, 'static_mask') || given(body, 'dynamic_masks');

export function oneKindOfControl({body}: RequestFacts) {
	const kinds = [
		...(given(body, 'image_tail') ? ['image_tail'] : []),
		...(hasMasks(body) ? [given(body, 'static_mask') ? 'static_mask' : 'dynamic_masks'] : []),
		...(given(body, 'camera_control') ? ['camera_control'] : []),
	];
	const last = kinds.at(-1);
	return last && kinds.length > 1 ? together(last, 'controls-combined', ...kinds) : undefined;
}

export function elementsOrVoices({elements, voices}: RequestFacts) {
	return elements > 0 && voices > 0
		? together('voice_list', 'voices-with-elements', 'element_list', 'voice_list')
		: undefined;
}

export function voicesNeedSound({voices, sound}: RequestFacts) {
	return voices > 0 && !sound
		? violation('sound', 'voices-without-sound', 'sound off is not supported with voice_list')
		: undefined;
}

export function voicesSpoken({voices, prompt}: RequestFacts) {
	return voices > 0 && !prompt?.includes('<<<voice_1>>>')
		? violation('prompt', 'voices-not-in-prompt', 'prompt should contain <<<voice_1>>> with voice_list')
		: undefined;
}

// `config` is required with `simple` and not allowed otherwise; exactly one of its values must not be 0
// (§6.2).
export function cameraComplete({body}: RequestFacts) {
	const control = body.camera_control;
	if (typeof control !== 'object' || control === null) return;
	const {type, config} = control as RequestBody;
	if (typeof type !== 'string') return empty('camera_control.type', 'camera-type-missing');
	const set = typeof config === 'object' && config !== null;
	if (type !== 'simple') {
		return set ? invalid('camera_control.config', 'camera-config', JSON.stringify(config)) : undefined;
	}
	if (!set) return empty('camera_control.config', 'camera-config-missing');
	const moved = cameraAxes.filter((axis) => Number((config as RequestBody)[axis] ?? 0) !== 0);
	return moved.length === 1
		? undefined
		: invalid('camera_control.config', 'camera-config', JSON.stringify(config));
}

export function videoIdNeeded({body}: RequestFacts) {
	return given(body, 'video_id') ? undefined : empty('video_id', 'video-id-missing');
}

export function oneSource({body}: RequestFacts) {
	return (text(body, 'video_id') === undefined) !== (text(body, 'video_url') === undefined)
		? undefined
		: violation('video_id', 'one-source', 'video_id and video_url cannot be empty or set at the same time');
}

/** Rules for multi-shot videos. */
export const shotRules: readonly Rule[] = [shotTypeNeeded, shotsNeeded, shotsNumbered, shotsFillDuration];
