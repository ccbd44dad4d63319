import {contentsOf} from '../newer/contents.js';
import {refusals} from '../reply.js';
import {invalid} from '../rules/fields.js';
import {type Body, given, object} from '../rules/read.js';
import type {ServedType} from './definition.js';
import {pictureSize} from './pictures.js';

const flags = ['keep_face', 'keep_pose', 'keep_background'];

function flawOf(body: Body): string | undefined {
	const contents = contentsOf(body);
	if (contents.length === 0) return 'contents cannot be empty';
	const wanted = ['product_image', 'person_image'];
	const unknown = contents.find((item) => !wanted.includes(String(item.type)));
	if (unknown) return invalid('contents.type', unknown.type);
	const missing = wanted.find((name) => !contents.some((item) => item.type === name));
	if (missing) return `contents must contain ${missing}`;
	if (contents.length !== 2) return 'contents size must be 2';
	const item = contents.find(({url}) => !/^https?:\/\//.test(String(url)));
	if (item) return invalid('contents.url', item.url);
	const settings = object(body, 'settings');
	const wrong = flags.find((flag) => given(settings, flag) && typeof settings[flag] !== 'boolean');
	return wrong === undefined ? undefined : invalid(`settings.${wrong}`, settings[wrong]);
}

/** Virtual try-on 3.0. What it costs is not known. */
const tryOn: ServedType = {
	path: '/solutions/virtual_try_on',
	lookup: '/solutions',
	pack: 'try-on',
	validate(body) {
		const flaw = flawOf(body);
		return flaw === undefined ? undefined : refusals.badValue(flaw);
	},
	plan: () => ({result: {kind: 'pictures', count: 1, ...pictureSize('3:4')}, seconds: 19}),
	hasMark: true,
	productFunction: 'Virtual Try-On',
};

export const solutionTypes = {'try-on': tryOn} as const;
