import {type TaskType, taskTypes} from '../lib/task-types/index.js';

/** What the sandbox serves: the types of the program, and the pictures of `/v1/images/generations` for plugins. */
export type SandboxType = TaskType | 'image';

/** The literal addresses of the API (docs/kling-api.md §3). */
export const paths: readonly (readonly [SandboxType, string])[] = [
	...(Object.keys(taskTypes) as TaskType[]).map((type) => [type, taskTypes[type].paths.v1] as const),
	['image', '/v1/images/generations'],
];

/** Seconds that pictures take: nobody has published a figure, and people tell of some seconds. An assumption. */
export const pictureSeconds = 15;
