import type {RequestBody} from '../lib/task-types/model-rules.js';

/** A field of a body of `/v1/images/generations`, and what it may be (docs/kling-api.md §8). */
interface Rule {
	field: string;
	holds: (value: unknown, body: RequestBody) => boolean;
}

const oneOf =
	(...values: unknown[]) =>
	(value: unknown) =>
		values.includes(value);
const text = (most: number) => (value: unknown) => typeof value === 'string' && [...value].length <= most;
const share = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1;

const models = ['kling-v1', 'kling-v1-5', 'kling-v2', 'kling-v2-new', 'kling-v2-1', 'kling-v3'];
const ratios = ['16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3', '21:9'];
const mostPictures = 9;

const rules: readonly Rule[] = [
	{field: 'model_name', holds: oneOf(...models)},
	{field: 'prompt', holds: text(2500)},
	{field: 'negative_prompt', holds: text(2500)},
	{field: 'image', holds: (value) => typeof value === 'string'},
	{field: 'image_reference', holds: oneOf('subject', 'face')},
	{field: 'image_fidelity', holds: share},
	{field: 'human_fidelity', holds: (value, body) => share(value) && body.image_reference === 'subject'},
	{field: 'element_list', holds: Array.isArray},
	{field: 'resolution', holds: oneOf('1k', '2k')},
	{
		field: 'n',
		holds: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= mostPictures,
	},
	{field: 'aspect_ratio', holds: oneOf(...ratios)},
	{field: 'callback_url', holds: (value) => typeof value === 'string'},
	{field: 'external_task_id', holds: (value) => typeof value === 'string'},
	{field: 'watermark_info', holds: (value) => typeof value === 'object'},
];

/** Kling sends and takes null, '' and nothing at all for the same thing (§4). */
const given = (value: unknown) => value !== undefined && value !== null && value !== '';

/** What is wrong with a body, in Kling's words; undefined when nothing is. */
export function pictureRefusal(body: RequestBody): string | undefined {
	if (!given(body.prompt)) return 'prompt can not be empty';
	const broken = rules.find(({field, holds}) => given(body[field]) && !holds(body[field], body));
	if (broken) return `${broken.field} value '${String(body[broken.field]).slice(0, 100)}' is invalid`;
	if (given(body.negative_prompt) && given(body.image)) {
		return 'negative_prompt and image can not be set at the same time';
	}
	const needsReference = body.model_name === 'kling-v1-5' && given(body.image);
	return needsReference && !given(body.image_reference) ? 'image_reference can not be empty' : undefined;
}
