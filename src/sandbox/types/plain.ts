import type {TaskTypeDefinition} from '../../lib/task-types/definition.js';
import {refusals} from '../reply.js';
import type {Result} from '../results.js';
import {common, findFlaw} from '../rules/fields.js';
import type {ServedType} from './definition.js';

const results: Readonly<Record<string, Result>> = {
	video: {kind: 'video', duration: '5.041', sound: false},
	mp3: {kind: 'audio', seconds: '5.0'},
	wav: {kind: 'audio', seconds: '5.0'},
	image: {kind: 'pictures', count: 1, width: 1024, height: 1024},
};

const defaultSeconds = 30;

/** A type of which only the definition is known: it accepts any body, and results in its first format. */
export const plainType = ({paths, pack, formats, seconds, summary}: TaskTypeDefinition): ServedType => ({
	path: paths.v1,
	lookup: paths.lookup,
	pack,
	validate(body) {
		const flaw = findFlaw(common, body);
		return flaw === undefined ? undefined : refusals.badValue(flaw);
	},
	plan: () => ({
		result: results[formats[0] ?? 'video'] ?? results.video ?? {kind: 'views'},
		seconds: seconds ?? defaultSeconds,
	}),
	productFunction: summary,
});
