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

/**
 * The task object of the API, as far as this program needs it. Checked against `schemas/task.json`: what identifies a task, and its
 * state, have a form. All else may be missing or of another kind, which hides it and stops nobody.
 */
export interface ApiTask {
	/** Ids are texts; where Kling sends a number, it is read without loss. */
	task_id: string | number;
	task_status: string;
	task_status_msg?: unknown;
	task_info?: unknown;
	task_result?: unknown;
	final_unit_deduction?: unknown;
	created_at?: unknown;
	updated_at?: unknown;
}

/** Characters that are kept of each kind of text. */
const longest = {id: 128, externalId: 256, number: 32, message: 2000, link: 8192} as const;

/** Results of one kind that are read of a task; Kling makes nine pictures at most. */
const mostResults = 100;

/** Kling sends null, '' and nothing at all for the same thing. Source: docs/kling-api.md §4. */
export function textOf(value: unknown, most: number = longest.id): string | undefined {
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	const written = String(value);
	return written === '' || written.length > most ? undefined : written;
}

const number = (value: unknown) => textOf(value, longest.number);

/** An id of whatever kind, which has a form: it is printed, and put into commands. */
function id(value: unknown): string | undefined {
	const written = textOf(value, longest.id);
	return written !== undefined && /^\w[\w.+/=:@~-]*$/.test(written) ? written : undefined;
}

/** An address; whether it may be fetched is for the download to say. */
function link(value: unknown): string | undefined {
	const written = textOf(value, longest.link);
	return written !== undefined && /^[a-z][a-z\d+.-]*:[!-~]+$/i.test(written) ? written : undefined;
}

function message(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value.slice(0, longest.message) : undefined;
}

/** Unix milliseconds, which may come as text or with a fraction. */
export function timeOf(value: unknown): number | undefined {
	const ms = Math.trunc(Number(number(value)));
	return ms > 0 && ms < 8.64e15 ? ms : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const fields = (value: unknown): Fields => (isFields(value) ? value : {});

/** The results of one kind, or undefined where the task has none of that kind. */
function results<T>(value: unknown, read: (result: Fields) => T): T[] | undefined {
	return Array.isArray(value) ? value.slice(0, mostResults).filter(isFields).map(read) : undefined;
}

/** The pictures of a task: single ones, those of a series, or groups of views without an address of their own. */
function imagesOf({images, series_images}: Fields): Image[] | undefined {
	const read = (image: Fields): Image[] => {
		const views = [image.url_1, image.url_2, image.url_3].map(link).filter((url) => url !== undefined);
		if (views.length > 0) return views.map((url) => ({url}));
		return [
			definedOnly({
				index: Number.isSafeInteger(image.index) ? image.index : undefined,
				url: link(image.url),
				watermarkUrl: link(image.watermark_url),
			}) as Image,
		];
	};
	const found = results(Array.isArray(series_images) ? series_images : images, read);
	return found?.flat();
}

/** The API's names stop here: a checked task object becomes a Task. */
export function toTask(task: ApiTask): Task {
	const {videos, audios, ...pictures} = fields(task.task_result);
	return definedOnly({
		id: String(task.task_id),
		// The newer API says `succeeded`.
		status: task.task_status === 'succeeded' ? 'succeed' : task.task_status,
		statusMessage: message(task.task_status_msg),
		externalId: textOf(fields(task.task_info).external_task_id, longest.externalId),
		videos:
			results(videos, (video) =>
				definedOnly({
					id: id(video.id),
					url: link(video.url),
					watermarkUrl: link(video.watermark_url),
					duration: number(video.duration),
				}),
			) ?? [],
		audios:
			results(audios, (audio) =>
				definedOnly({
					id: id(audio.id),
					mp3Url: link(audio.url_mp3),
					wavUrl: link(audio.url_wav),
					mp3Duration: number(audio.duration_mp3),
				}),
			) ?? [],
		images: imagesOf(pictures),
		units: number(task.final_unit_deduction),
		createdAt: timeOf(task.created_at),
		updatedAt: timeOf(task.updated_at),
	}) as Task;
}
