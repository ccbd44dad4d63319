import {KlingError} from '../errors/kling-error.js';
import type {Read} from './reply.js';
import type {Task} from './task.js';
import {fields, fieldsOf, link, number, textOf} from './task-fields.js';

/** A part that was searched for in a picture. */
export interface Segment {
	/** `object`, `head`, `face`, `cloth`, or an unknown part. */
	part: string;
	/** URL of its mask; undefined when the picture has no such part. */
	url: string | undefined;
}

/**
 * Reads the masks from a response of `/v1/videos/image-recognize`, which contains no task.
 * @throws KlingError `response_error` for a response that does not say which parts were found
 */
export const readSegments: Read<Task & {segments: Segment[]}> = (data) => {
	const {task_result: result, final_unit_deduction: units} = fields(data);
	const {images} = fields(result);
	if (!Array.isArray(images)) {
		throw new KlingError('response_error', 'The response has no data.task_result.images');
	}
	const segments = fieldsOf(images).map(({type, is_contain: isThere, url}) => ({
		part: (textOf(type) ?? 'part').replace(/_seg$/, ''),
		url: isThere === false ? undefined : link(url),
	}));
	const spent = number(units);
	// The journal needs an id.
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
