import {type Reply, refusals} from '../reply.js';
import {
	commonWithMark,
	elementId,
	type Fields,
	findFlaw,
	listOf,
	needed,
	number,
	oneOf,
	text,
	whole,
} from './fields.js';
import {type ModelPolicy, type ModelsOfPath, refuseModel, type ServerModel} from './models.js';
import {type Body, given} from './read.js';

/* What `/v1/images/generations` judges. `image_fidelity` and `human_fidelity` without a reference are ignored. */

const pictureRatios = ['16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3', '21:9'];

const fields: Fields = {
	model_name: text(),
	prompt: needed(text(2500)),
	negative_prompt: text(2500),
	image: text(),
	image_reference: oneOf('subject', 'face'),
	image_fidelity: number(0, 1),
	human_fidelity: number(0, 1),
	element_list: listOf({element_id: needed(elementId)}, 10),
	resolution: oneOf('1k', '2k'),
	n: whole(1, 9),
	aspect_ratio: oneOf(...pictureRatios),
	...commonWithMark,
};

const states: Readonly<Record<string, ServerModel['state']>> = {
	'kling-v1': 'announced',
	'kling-v1-5': 'announced',
	'kling-v2': 'announced',
	'kling-v2-new': 'announced',
	'kling-v2-1': 'live',
	'kling-v3': 'live',
};

const models: ModelsOfPath = {
	usual: 'kling-v3',
	names: Object.keys(states),
	foreign: ['kling-v3-omni', 'kling-image-o1'],
};

export function judgePicture(body: Body, policy: ModelPolicy): Reply | undefined {
	const flaw = findFlaw(fields, body);
	if (flaw !== undefined) return refusals.badValue(flaw);
	const name = modelOf(body);
	const refusal = refuseModel(name, models, states[name] ?? 'live', policy);
	if (refusal) return refusal;
	if (given(body, 'negative_prompt') && given(body, 'image')) {
		return refusals.badValue('negative_prompt is not supported with image');
	}
	return given(body, 'image_reference') && !given(body, 'image')
		? refusals.badValue('image can not be empty')
		: undefined;
}

const modelOf = (body: Body) => String(body.model_name || models.usual);
