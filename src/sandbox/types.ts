import type {TaskTypeDefinition} from '../lib/task-types/definition.js';
import {definitions, type TaskType} from '../lib/task-types/index.js';

/** What the sandbox serves: the types of the program, and the pictures of `/v1/images/generations` for plugins. */
export type SandboxType = TaskType | 'image';

/** The literal addresses of the API, each with its type (docs/kling-api.md §3). */
export type Routes = readonly (readonly [SandboxType, string])[];

/** The routes of these types; what is special about a type is in its rules. */
export const routesOf = (types: readonly TaskTypeDefinition[] = definitions): Routes => [
	...types.map(({name, paths}) => [name as SandboxType, paths.v1] as const),
	['image', '/v1/images/generations'],
];

/** Seconds that pictures take: nobody has published a figure, and people tell of some seconds. An assumption. */
export const pictureSeconds = 15;
