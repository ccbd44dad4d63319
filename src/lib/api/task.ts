import {definedOnly} from '../errors/kling-error.js';
import {type Element, toElement, toVoice, type Voice} from './element.js';
import {
	type Fields,
	fields,
	id,
	link,
	longest,
	message,
	number,
	results,
	textOf,
	timeOf,
} from './task-fields.js';

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
	elements?: Element[];
	voices?: Voice[];
	/** What it cost, in units; known when the task has ended. */
	units?: string;
	/** Unix time in milliseconds. */
	createdAt?: number;
	updatedAt?: number;
}

/**
 * The task object of the API, as far as this program needs it. Checked against `schemas/task.json`: what identifies a task, and its
 * state, have a form. All else may be missing or of another kind, which hides it and does no harm.
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
	const {videos, audios, elements: made, voices: spoken, ...pictures} = fields(task.task_result);
	const elements = results(made, toElement)?.filter((element) => element !== undefined);
	const voices = results(spoken, toVoice)?.filter((voice) => voice !== undefined);
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
					// Speech has one address.
					mp3Url: link(audio.url_mp3) ?? link(audio.url),
					wavUrl: link(audio.url_wav),
					mp3Duration: number(audio.duration_mp3) ?? number(audio.duration),
				}),
			) ??
			voices?.map(({trialUrl}) => definedOnly({mp3Url: trialUrl})) ??
			[],
		images: imagesOf(pictures) ?? elements?.flatMap((element) => element.pictures.map((url) => ({url}))),
		elements,
		voices,
		units: number(task.final_unit_deduction),
		createdAt: timeOf(task.created_at),
		updatedAt: timeOf(task.updated_at),
	}) as Task;
}
