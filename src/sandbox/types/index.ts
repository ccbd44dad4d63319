import type {TaskTypeDefinition} from '../../lib/task-types/definition.js';
import {definitions as ours} from '../../lib/task-types/index.js';
import {assetTypes} from './assets.js';
import {audio} from './audio.js';
import {clipTypes} from './clips.js';
import type {ServedType} from './definition.js';
import {edit} from './edit.js';
import {effectTypes} from './effects.js';
import {motion} from './motion.js';
import {pictureTypes} from './pictures.js';
import {plainType} from './plain.js';
import {spokenTypes} from './spoken.js';
import {solutionTypes} from './try-on.js';

/** THE table of what the sandbox serves as tasks: routes, checks, results and costs derive from it. */
export const servedTypes = {
	...clipTypes,
	...pictureTypes,
	...spokenTypes,
	...effectTypes,
	...assetTypes,
	...solutionTypes,
	audio,
	edit,
	motion,
} as const satisfies Record<string, ServedType>;

export type Served = ReadonlyMap<string, ServedType>;

/**
 * What a sandbox serves: the table, and any other defined types in a plain form. A type of the program is recognized by its
 * path, whatever its name here.
 */
export function serveTypes(definitions: readonly TaskTypeDefinition[] = ours): Served {
	const known = Object.entries(servedTypes) as [string, ServedType][];
	const paths = new Set(known.map(([, {path}]) => path));
	const plain = definitions
		// A synchronous call makes no task (../calls).
		.filter(({paths: {v1}, isSynchronous}) => !isSynchronous && !paths.has(v1))
		.map((definition) => [definition.name, plainType(definition)] as const);
	return new Map([...known, ...plain]);
}
