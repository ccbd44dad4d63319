import {type Reply, refusals} from '../reply.js';
import {common, commonWithMark, findFlaw, flag, needed, number, text, webAddress} from './fields.js';
import {type Body, given} from './read.js';

/* Requests that work on a clip: video-extend and video-to-audio (docs/kling-api.md §6.4, §6.5). */

const extendFields = {
	video_id: needed(text()),
	prompt: text(2500),
	negative_prompt: text(2500),
	cfg_scale: number(0, 1),
	...commonWithMark,
};

export function validateExtend(body: Body): Reply | undefined {
	const flaw = findFlaw(extendFields, body);
	return flaw === undefined ? undefined : refusals.badValue(flaw);
}

const soundFields = {
	video_id: text(),
	video_url: webAddress,
	sound_effect_prompt: text(200),
	bgm_prompt: text(200),
	asmr_mode: flag,
	...common,
};

export function validateAddSound(body: Body): Reply | undefined {
	const flaw = findFlaw(soundFields, body);
	if (flaw !== undefined) return refusals.badValue(flaw);
	return given(body, 'video_id') !== given(body, 'video_url')
		? undefined
		: refusals.badValue('video_id and video_url cannot be empty or set at the same time');
}
