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
	stateOf,
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

/** A sound that a task made. */
export interface Audio {
	id?: string;
	mp3Url?: string;
	wavUrl?: string;
	/** Length of the MP3 in seconds with a fraction, as Kling writes it. */
	mp3Duration?: string;
}

/** A picture that a task made. */
export interface Image {
	/** From 0. */
	index?: number;
	url?: string;
	watermarkUrl?: string;
}

/** A task as this program represents it. */
export interface Task {
	id: string;
	/** `submitted`, `processing`, `succeed`, `failed`, or an unknown status. */
	status: string;
	/** Why the task failed. */
	statusMessage?: string;
	externalId?: string;
	videos: Video[];
	audios: Audio[];
	/** Only for types that make pictures. */
	images?: Image[];
	elements?: Element[];
	voices?: Voice[];
	/** What it cost, in units. Known once the task has ended. */
	units?: string;
	/** Unix milliseconds. */
	createdAt?: number;
	updatedAt?: number;
}

/**
 * The API's task object, with the fields that this program uses, checked against `schemas/task.json`. Ids and
 * status must have the right form. Any other field that is missing or of the wrong type is ignored.
 */
export interface ApiTask {
	/** Ids are strings. Where Kling sends a number, it is read without loss. */
	task_id: string | number;
	task_status: string;
	task_status_msg?: unknown;
	task_info?: unknown;
	task_result?: unknown;
	final_unit_deduction?: unknown;
	created_at?: unknown;
	updated_at?: unknown;
}

/** The pictures of a task: single ones, those of a series, or groups of views without a URL of their own. */
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

/** Converts a checked task object to a Task. The API's names are used no further than here. */
export function toTask(task: ApiTask): Task {
	const {videos, audios, elements: made, voices: spoken, ...pictures} = fields(task.task_result);
	const elements = results(made, toElement)?.filter((element) => element !== undefined);
	const voices = results(spoken, toVoice)?.filter((voice) => voice !== undefined);
	return definedOnly({
		id: String(task.task_id),
		status: stateOf(task.task_status),
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
					// Speech has a single URL.
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
