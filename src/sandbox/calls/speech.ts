import {idOf} from '../ids.js';
import {succeed} from '../reply.js';
import type {Handler} from '../route-types.js';
import {validateSpeech} from '../rules/spoken.js';
import {costView, record, refuseCall} from './record.js';

/** Characters spoken per second, by the recorded response. */
const charactersPerSecond = 13.2;

/** Handles `POST /v1/audio/tts`: the response is the finished task. */
export const speak: Handler = ({body, state}) => {
	const refusal = validateSpeech(body) ?? refuseCall(body);
	if (refusal) return refusal;
	const speed = Math.min(2, Math.max(0.8, Number(body.voice_speed ?? 1)));
	const seconds = Math.max(1, Array.from(String(body.text)).length / charactersPerSecond / speed);
	const task = record('speech', {result: {kind: 'speech', seconds: seconds.toFixed(1)}, units: 0.05}, state);
	return succeed({
		task_id: task.id,
		task_status: 'succeed',
		task_status_msg: '',
		task_result: {
			audios: [{id: idOf(task.id, 'audio'), url: state.link(task, 'mp3'), duration: seconds.toFixed(1)}],
		},
		...costView(task),
		created_at: task.createdAt,
		updated_at: task.endsAt,
	});
};
