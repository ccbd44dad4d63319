import {sizeOfInline} from '../images.js';
import {type Reply, refusals, succeed} from '../reply.js';
import type {Handler} from '../route-types.js';
import {common, findFlaw, needed, text} from '../rules/fields.js';
import {costView, record, refuseCall} from './record.js';

/** The parts that are looked for in a picture; the sandbox finds all of them except clothes. */
const parts = ['object_seg', 'head_seg', 'face_seg', 'cloth_seg'] as const;

/** Handles `POST /v1/videos/image-recognize`: returns a mask for each part. */
export const recognize: Handler = ({body, state}): Reply => {
	const flaw = findFlaw({image: needed(text()), ...common}, body);
	if (flaw !== undefined) return refusals.badValue(flaw);
	const refusal = refuseCall(body, [body.image]);
	if (refusal) return refusal;
	const size = sizeOfInline(body.image) ?? {width: 1024, height: 1024};
	const task = record('segments', {result: {kind: 'segments', ...size}, units: 0.1}, state);
	return succeed({
		...costView(task),
		task_result: {
			images: parts.map((type) => {
				const isThere = type !== 'cloth_seg';
				return {
					type,
					is_contain: isThere,
					url: isThere ? state.link(task, `${type.slice(0, -4) as 'object' | 'head' | 'face'}-seg`) : '',
				};
			}),
		},
	});
};
