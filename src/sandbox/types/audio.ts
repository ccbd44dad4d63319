import {units} from '../prices.js';
import {refusals} from '../reply.js';
import {common, type Fields, findFlaw, invalid, needed, text} from '../rules/fields.js';
import type {Body} from '../rules/read.js';
import type {ServedType} from './definition.js';

const fields: Fields = {
	prompt: needed(text(200)),
	duration: needed((value, field) => {
		if (typeof value !== 'number') return invalid(field, value);
		// The recorded refusal writes it with a decimal.
		return value >= 3 && value <= 10 ? undefined : invalid(field, value.toFixed(1));
	}),
	...common,
};

/** Sound from text. */
export const audio: ServedType = {
	path: '/v1/audio/text-to-audio',
	pack: 'video',
	validate(body: Body) {
		const flaw = findFlaw(fields, body);
		return flaw === undefined ? undefined : refusals.badValue(flaw);
	},
	plan: (body) => ({
		result: {kind: 'audio', seconds: Number(body.duration).toFixed(1)},
		seconds: 20,
		units: units(0.25, 1),
	}),
	productFunction: 'Text to Audio',
};
