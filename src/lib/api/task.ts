import {definedOnly} from '../errors/kling-error.js';

/** A clip that a task made. */
export interface Video {
	id?: string;
	url?: string;
	watermarkUrl?: string;
	/** Seconds with a fraction, as Kling writes them: `5.041`. */
	duration?: string;
}

/** The sound of a clip alone. */
export interface Audio {
	id?: string;
	mp3Url?: string;
	wavUrl?: string;
	/** Seconds of the MP3 with a fraction, as Kling writes them. */
	mp3Duration?: string;
}

/** A picture that a task made. */
export interface Image {
	/** From 0. */
	index?: number;
	url?: string;
	watermarkUrl?: string;
}

/** A task as this program sees it. */
export interface Task {
	id: string;
	/** `submitted`, `processing`, `succeed`, `failed`, or a status never seen before. */
	status: string;
	/** Why it failed. */
	statusMessage?: string;
	externalId?: string;
	videos: Video[];
	audios: Audio[];
	/** Of types that make pictures only. */
	images?: Image[];
	/** What it cost, in units; Kling tells it when the task has ended. */
	units?: string;
	/** Unix time in milliseconds. */
	createdAt?: number;
	updatedAt?: number;
}

/** The task object of the API. Only its id and its status are sure: `schemas/task.json` checks them. */
export interface ApiTask extends Record<string, unknown> {
	/** Ids are texts; where Kling sends a number, it is read without loss. */
	task_id: string | number;
	task_status: string;
}

/** The API's names stop here: a checked task object becomes a Task. What cannot be read is left out. */
export function toTask(task: ApiTask): Task {
	const result = object(task.task_result);
	return definedOnly({
		id: String(task.task_id),
		// The newer API says `succeeded`.
		status: task.task_status === 'succeeded' ? 'succeed' : task.task_status,
		statusMessage: text(task.task_status_msg),
		externalId: text(object(task.task_info).external_task_id),
		videos: objects(result.videos).map((video) =>
			definedOnly({
				id: text(video.id),
				url: text(video.url),
				watermarkUrl: text(video.watermark_url),
				duration: text(video.duration),
			}),
		),
		audios: objects(result.audios).map((audio) =>
			definedOnly({
				id: text(audio.id),
				mp3Url: text(audio.url_mp3),
				wavUrl: text(audio.url_wav),
				mp3Duration: text(audio.duration_mp3),
			}),
		),
		images: Array.isArray(result.images)
			? objects(result.images).map((image) =>
					definedOnly({
						index: number(image.index),
						url: text(image.url),
						watermarkUrl: text(image.watermark_url),
					}),
				)
			: undefined,
		units: text(task.final_unit_deduction),
		createdAt: time(task.created_at),
		updatedAt: time(task.updated_at),
	}) as Task;
}

/** Kling sends null, '' and nothing at all for the same thing. Source: docs/kling-api.md §4. */
function text(value: unknown): string | undefined {
	if (typeof value === 'string') return value === '' ? undefined : value;
	return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

function number(value: unknown): number | undefined {
	const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
}

/** Unix milliseconds, which come as a number, a number in quotes, or a date. */
function time(value: unknown): number | undefined {
	const read = number(value) ?? (typeof value === 'string' ? Date.parse(value) : Number.NaN);
	return Number.isFinite(read) ? Math.trunc(read) : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const object = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});

const objects = (value: unknown): Record<string, unknown>[] =>
	Array.isArray(value) ? value.filter(isObject) : [];
