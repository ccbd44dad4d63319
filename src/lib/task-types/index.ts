import type {ResultFormat} from '../media/result-format.js';

export interface TaskTypeInfo {
	/** POST creates, GET lists, GET with an id appended queries one. */
	path: string;
	/** The formats that `kling video download` can fetch for it. */
	formats: readonly ResultFormat[];
	/** Name of the schema of the create body, a file of `schemas/`. */
	requestSchema: string;
	/** What a task of this type is, for the help pages. */
	summary: string;
}

/**
 * THE table of task types: `--type` options, URLs, sandbox routes, result picking and help derive from it.
 * A type is named as the command that makes it. Paths: docs/kling-api.md §3.
 */
export const taskTypes = {
	create: {
		path: '/v1/videos/omni-video',
		formats: ['video'],
		requestSchema: 'omni-video',
		summary: 'text, images and clips to video (omni-video)',
	},
	text2video: {
		path: '/v1/videos/text2video',
		formats: ['video'],
		requestSchema: 'text2video',
		summary: 'text to video',
	},
	image2video: {
		path: '/v1/videos/image2video',
		formats: ['video'],
		requestSchema: 'image2video',
		summary: 'image to video',
	},
	extend: {
		path: '/v1/videos/video-extend',
		formats: ['video'],
		requestSchema: 'video-extend',
		summary: 'a longer version of a video',
	},
	'add-sound': {
		path: '/v1/audio/video-to-audio',
		formats: ['video', 'mp3', 'wav'],
		requestSchema: 'video-to-audio',
		summary: 'a video with sound effects and music',
	},
} as const satisfies Record<string, TaskTypeInfo>;

export type TaskType = keyof typeof taskTypes;

export const taskTypeNames = Object.keys(taskTypes) as TaskType[];
