import type {Task} from '../api/task.js';
import {errorRow} from '../errors/error-table.js';
import {KlingError} from '../errors/kling-error.js';
import type {ResultFormat} from '../media/result-format.js';
import type {TaskName} from '../task-types/registry.js';
import type {StatusDocument} from './documents.js';
import {retryHint} from './external-ids.js';

/** Words in `task_status_msg` that mean moderation. Source: docs/kling-api.md §9. */
const moderation = /risk control|safety|policy|moderation/i;

/** The code for the reason of a failed task. */
export const failureCode = (reason: string): 'content_policy' | 'task_failed' =>
	moderation.test(reason) ? 'content_policy' : 'task_failed';

/** The error for a task that failed. */
function taskFailure(task: Task): KlingError {
	const reason = task.statusMessage || `Task ${task.id} failed, and Kling gave no reason`;
	const code = failureCode(reason);
	const retry = retryHint(task.externalId);
	const hint = retry && `${errorRow(code).hint} ${retry}`;
	return new KlingError(code, reason, {...about(task), ...(hint && {hint})});
}

/** What error documents include about the task. */
function about(task: Task) {
	return {task_id: task.id, external_task_id: task.externalId, status: task.status};
}

/** The fields for the results of a task. */
export function resultFields({videos: [video], audios: [audio], images}: Task) {
	return {
		video_id: video?.id,
		duration: video?.duration,
		video_url: video?.url,
		watermark_url: video?.watermarkUrl,
		audio_mp3_url: audio?.mp3Url,
		audio_wav_url: audio?.wavUrl,
		...(images && {image_urls: images.map(({url}) => url ?? null)}),
	};
}

/**
 * The document of `status`. It has exactly the documented keys, without those that Kling leaves out.
 * @param verbose adds the links and everything else that is known
 * @throws KlingError `content_policy` or `task_failed` for a task that failed
 */
export function statusDocument(task: Task, type: TaskName | undefined, verbose: boolean): StatusDocument {
	if (task.status === 'failed') throw taskFailure(task);
	const {video_id, duration, ...links} = resultFields(task);
	const done = task.status === 'succeed';
	return {
		success: true,
		task_id: task.id,
		status: task.status,
		...(done && {video_id, duration, ...madeOf(task)}),
		...(verbose && {
			...(done && links),
			type,
			external_task_id: task.externalId,
			created_at: task.createdAt,
			updated_at: task.updatedAt,
			units: task.units,
		}),
	};
}

/** The results of a task other than clips. The pictures in an element task are its inputs, not results. */
function madeOf({elements, voices, images, audios: [audio], videos}: Task) {
	if (elements) return {element_id: elements[0]?.id, element: elements[0]?.name};
	if (voices) return {voice_id: voices[0]?.id, voice: voices[0]?.name};
	return {images: images?.length, audio_id: videos.length === 0 ? audio?.id : undefined};
}

/**
 * The fields for the files of a task: the first one, and the list when there are several.
 * @param files at least one
 */
export const fileFields = <T extends {file: string}>(files: readonly T[]) =>
	({...files[0], ...(files.length > 1 && {files})}) as T & {files?: readonly T[]};

/**
 * @throws KlingError `task_not_ready` while the task runs, `task_failed` or `content_policy` when it failed
 */
export function requireSuccess(task: Task): void {
	if (task.status === 'failed') throw taskFailure(task);
	if (task.status === 'succeed') return;
	throw new KlingError('task_not_ready', `Task ${task.id} is still ${task.status}`, about(task));
}

/**
 * The link to one result of a task.
 * @param index of the picture, from 0
 * @throws KlingError `task_not_ready` while it runs, `task_failed` or `content_policy` when it failed,
 * `watermark_unavailable` or `result_unavailable` when it has no such result
 */
export function resultUrl(task: Task, format: ResultFormat, watermark: boolean, index = 0): string {
	requireSuccess(task);
	const [video] = task.videos;
	const [audio] = task.audios;
	const image = task.images?.[index];
	const url = {
		video: watermark ? video?.watermarkUrl : video?.url,
		mp3: audio?.mp3Url,
		wav: audio?.wavUrl,
		image: watermark ? image?.watermarkUrl : image?.url,
	}[format];
	if (url !== undefined) return url;
	const count = task.images?.length ?? 0;
	const isBeyond = format === 'image' && index >= count && count > 0;
	if (watermark && !isBeyond) {
		throw new KlingError('watermark_unavailable', `Task ${task.id} has no watermarked copy`, about(task));
	}
	// Messages count pictures from 1.
	const missing = isBeyond ? `picture ${index + 1}: it has ${count}` : `${format} result`;
	throw new KlingError('result_unavailable', `Task ${task.id} has no ${missing}`, about(task));
}
