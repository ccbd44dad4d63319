import type {Read} from './reply.js';
import type {Task} from './task.js';
import {fields, fieldsOf, link, number, textOf} from './task-fields.js';

/** A part of a picture that was looked for. */
export interface Segment {
	/** `object`, `head`, `face`, `cloth`, or a part never seen before. */
	part: string;
	/** Address of its mask; undefined where the picture has no such part. */
	url: string | undefined;
}

/** The masks of a reply of `/v1/videos/image-recognize`, which names no task. */
export const readSegments: Read<Task & {segments: Segment[]}> = (data) => {
	const {task_result: result, final_unit_deduction: units} = fields(data);
	const segments = fieldsOf(fields(result).images).map(({type, is_contain: isThere, url}) => ({
		part: (textOf(type) ?? 'part').replace(/_seg$/, ''),
		url: isThere === false ? undefined : link(url),
	}));
	const spent = number(units);
	// The journal wants a name for it.
	const id = `segment-${crypto.randomUUID()}`;
	return {
		id,
		status: 'succeed',
		videos: [],
		audios: [],
		...(spent !== undefined && {units: spent}),
		segments,
	};
};
