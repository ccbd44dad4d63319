import {type Reply, refusals} from '../reply.js';
import {
	common,
	commonWithMark,
	elementId,
	type Fields,
	findFlaw,
	invalid,
	listOf,
	needed,
	number,
	oneOf,
	text,
	wholeNumber,
} from './fields.js';
import {type ModelPolicy, type ModelsOfPath, refuseModel, type ServerModel} from './models.js';
import {type Body, given, list} from './read.js';

/* The rules of the image paths. `image_fidelity` and `human_fidelity` without a reference are ignored. */

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
	n: wholeNumber(1, 9),
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

export function validatePicture(body: Body, policy: ModelPolicy): Reply | undefined {
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

const reply = (words: string | undefined): Reply | undefined =>
	words === undefined ? undefined : refusals.badValue(words);

const omniFields: Fields = {
	model_name: oneOf('kling-image-o1', 'kling-v3-omni'),
	prompt: needed(text(2500)),
	image_list: listOf({image: needed(text())}),
	element_list: listOf({element_id: needed(elementId)}),
	resolution: oneOf('1k', '2k', '4k'),
	result_type: oneOf('single', 'series'),
	n: wholeNumber(1, 9),
	series_amount: oneOf('auto', ...[2, 3, 4, 5, 6, 7, 8, 9].flatMap((count) => [count, String(count)])),
	aspect_ratio: oneOf('auto', ...pictureRatios),
	...commonWithMark,
};

function omniFlaw(body: Body): string | undefined {
	const isOmni = body.model_name === 'kling-v3-omni';
	if (!isOmni && body.result_type === 'series') return invalid('result_type', 'series');
	if (!isOmni && body.resolution === '4k') return invalid('resolution', '4k');
	return list(body, 'image_list').length + list(body, 'element_list').length > 10
		? 'The total number of image_list and element_list can not be greater than 10'
		: undefined;
}

export const validateOmniPicture = (body: Body) => reply(findFlaw(omniFields, body) ?? omniFlaw(body));

const multiFields: Fields = {
	model_name: oneOf('kling-v2-1'),
	prompt: text(2500),
	subject_image_list: needed(listOf({subject_image: needed(text())}, 4)),
	scene_image: text(),
	style_image: text(),
	n: wholeNumber(1, 9),
	aspect_ratio: oneOf(...pictureRatios),
	...commonWithMark,
};

export const validateMultiPicture = (body: Body) => reply(findFlaw(multiFields, body));

const side = needed(number(0, 2));

const expandFields: Fields = {
	image: needed(text()),
	up_expansion_ratio: side,
	down_expansion_ratio: side,
	left_expansion_ratio: side,
	right_expansion_ratio: side,
	prompt: text(2500),
	n: wholeNumber(1, 9),
	...commonWithMark,
};

function areaFlaw(body: Body): string | undefined {
	const sum = (...sides: string[]) =>
		sides.reduce((total, name) => total + Number(body[`${name}_expansion_ratio`]), 1);
	return sum('up', 'down') * sum('left', 'right') > 3 + 1e-9
		? 'The area of the expanded image can not be greater than 3 times of the original image'
		: undefined;
}

export const validateExpand = (body: Body) => reply(findFlaw(expandFields, body) ?? areaFlaw(body));

const viewFields: Fields = {element_frontal_image: needed(text()), ...common};

export const validateViews = (body: Body) => reply(findFlaw(viewFields, body));

const oldTryOnFields: Fields = {
	model_name: oneOf('kolors-virtual-try-on-v1', 'kolors-virtual-try-on-v1-5'),
	human_image: needed(text()),
	cloth_image: needed(text()),
	...common,
};

export const validateOldTryOn = (body: Body) => reply(findFlaw(oldTryOnFields, body));
