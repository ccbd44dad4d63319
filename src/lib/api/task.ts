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

/** The task object of the API, as far as this program reads it. Checked against `schemas/task.json`. */
export interface ApiTask {
	/** Ids are texts; where Kling sends a number, it is read without loss. */
	task_id: string | number;
	task_status: string;
	task_status_msg?: string | null;
	task_info?: {external_task_id?: string | number | null} | null;
	task_result?: {
		videos?: ApiVideo[] | null;
		audios?: ApiAudio[] | null;
		images?: ApiImage[] | null;
	} | null;
	final_unit_deduction?: string | number | null;
	created_at?: number | null;
	updated_at?: number | null;
}

interface ApiVideo {
	id?: string | number | null;
	url?: string | null;
	watermark_url?: string | null;
	duration?: string | number | null;
}

interface ApiAudio {
	id?: string | number | null;
	url_mp3?: string | null;
	url_wav?: string | null;
}

interface ApiImage {
	index?: number | null;
	url?: string | null;
	watermark_url?: string | null;
}

/** Kling sends null, '' and nothing at all for the same thing. Source: docs/kling-api.md §4. */
function text(value: string | number | null | undefined): string | undefined {
	return value === null || value === undefined || value === '' ? undefined : String(value);
}

/** The API's names stop here: a checked task object becomes a Task. */
export function toTask(task: ApiTask): Task {
	return definedOnly({
		id: String(task.task_id),
		// The newer API says `succeeded`.
		status: task.task_status === 'succeeded' ? 'succeed' : task.task_status,
		statusMessage: text(task.task_status_msg),
		externalId: text(task.task_info?.external_task_id),
		videos: (task.task_result?.videos ?? []).map((video) =>
			definedOnly({
				id: text(video.id),
				url: text(video.url),
				watermarkUrl: text(video.watermark_url),
				duration: text(video.duration),
			}),
		),
		audios: (task.task_result?.audios ?? []).map((audio) =>
			definedOnly({id: text(audio.id), mp3Url: text(audio.url_mp3), wavUrl: text(audio.url_wav)}),
		),
		images: task.task_result?.images?.map((image) =>
			definedOnly({
				index: image.index ?? undefined,
				url: text(image.url),
				watermarkUrl: text(image.watermark_url),
			}),
		),
		units: text(task.final_unit_deduction),
		createdAt: task.created_at ?? undefined,
		updatedAt: task.updated_at ?? undefined,
	}) as Task;
}
