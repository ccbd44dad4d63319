import {idOf} from '../ids.js';
import {type Reply, refusals, succeed} from '../reply.js';
import {durationOf} from '../results.js';
import type {Handler} from '../route-types.js';
import {type Body, text} from '../rules/read.js';
import {validateClip} from '../rules/spoken.js';
import type {State} from '../state.js';
import type {SandboxTask} from '../task.js';
import {findClip, noClip, unknownSeconds} from '../types/clips.js';
import {costView, record, refuseCall} from './record.js';

/** The clip that a call names: a task, nothing for a URL, or the refusal. */
export function clipOf(
	body: Body,
	{store, clock}: State,
): {clip: SandboxTask | undefined} | {refused: Reply} {
	const refusal = validateClip(body) ?? refuseCall(body);
	if (refusal) return {refused: refusal};
	const id = text(body, 'video_id');
	const clip = id === undefined ? undefined : findClip(id, store, clock);
	return id !== undefined && !clip ? {refused: refusals.badValue(noClip(id).refused)} : {clip};
}

const maxClipSeconds = 60;

/** Handles `POST /v1/videos/identify-face`: a clip of ours has one face, one from a URL two. */
export const identifyFaces: Handler = ({body, state}) => {
	const found = clipOf(body, state);
	if ('refused' in found) return found.refused;
	const {clip} = found;
	const ms = clip ? Math.floor(Number(durationOf(clip.result)) * 1000) : unknownSeconds * 1000;
	if (ms > maxClipSeconds * 1000) {
		return refusals.badValue('The duration of the video should be between 2 and 60 seconds');
	}
	const whole = {start: 0, end: ms};
	const faces = clip ? [whole] : [whole, {start: Math.round(ms * 0.2), end: Math.round(ms * 0.9)}];
	const task = record('faces', {result: {kind: 'faces', faces}, units: 0.05, parent: clip}, state);
	return succeed({
		session_id: idOf(task.id, 'session'),
		...costView(task),
		face_data: faces.map(({start, end}, index) => ({
			face_id: String(index),
			face_image: state.link(task, `face${index}`),
			start_time: start,
			end_time: end,
		})),
	});
};
