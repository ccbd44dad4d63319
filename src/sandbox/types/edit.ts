import {units} from '../prices.js';
import {type Reply, refusals} from '../reply.js';
import {durationOf} from '../results.js';
import {commonWithMark, type Fields, findFlaw, listOf, needed, oneOf, text} from '../rules/fields.js';
import {type Body, list} from '../rules/read.js';
import {findSelection, hasMarks} from '../selections.js';
import {unknownSeconds} from './clips.js';
import type {ServedType} from './definition.js';

/* A clip that is edited by marking regions. */

const fields: Fields = {
	session_id: needed(text()),
	edit_mode: needed(oneOf('addition', 'swap', 'removal')),
	image_list: listOf({image: needed(text())}),
	prompt: needed(text(2500)),
	negative_prompt: text(2500),
	mode: oneOf('std', 'pro'),
	duration: oneOf('5', '10'),
	...commonWithMark,
};

const picturesOf: Readonly<Record<string, {from: number; to: number; words: string}>> = {
	addition: {from: 1, to: 2, words: '1 or 2'},
	swap: {from: 1, to: 1, words: '1'},
	removal: {from: 0, to: 0, words: '0'},
};

function validate(body: Body): Reply | undefined {
	const flaw = findFlaw(fields, body);
	if (flaw !== undefined) return refusals.badValue(flaw);
	const count = list(body, 'image_list').length;
	const {from, to, words} = picturesOf[String(body.edit_mode)] ?? {from: 0, to: 0, words: ''};
	if (count < from || count > to) {
		return refusals.badValue(`image_list size must be ${words} when edit_mode is ${body.edit_mode}`);
	}
	const missing = ['<<<video_1>>>', ...(count > 0 ? ['<<<image_1>>>'] : [])].find(
		(name) => !String(body.prompt).includes(name),
	);
	return missing === undefined ? undefined : refusals.badValue(`prompt should contain ${missing}`);
}

export const edit: ServedType = {
	path: '/v1/videos/multi-elements',
	pack: 'video',
	validate,
	pictures: (body) => list(body, 'image_list').map(({image}) => image),
	plan(body, lookup) {
		const sessionId = String(body.session_id);
		const session = findSelection(sessionId, lookup);
		if (!session) return {refused: `Session not found by id: ${sessionId}`};
		if (body.edit_mode !== 'addition' && !hasMarks(session)) {
			return {refused: `selection can not be empty when edit_mode is ${body.edit_mode}`};
		}
		const {parent} = session;
		const seconds = parent ? Number(durationOf(parent.result)) : unknownSeconds;
		const isLong = seconds > 6;
		if ((body.duration === '10') !== isLong && body.duration !== undefined && body.duration !== '') {
			return {refused: `duration value '${body.duration}' is invalid`};
		}
		const mode = body.mode === 'pro' ? 'pro' : 'std';
		return {
			result: {kind: 'video', duration: `${isLong ? 10 : 5}.041`, sound: false, sessionId},
			seconds: 240,
			units: units(mode === 'pro' ? 5 : 3, isLong ? 2 : 1),
			about: {mode, video: true},
		};
	},
	hasMark: true,
	productFunction: 'Multi-Elements',
};
