import type {AssetKind} from './media.js';
import {pictureKind} from './media.js';
import {type SandboxTask, statusAt} from './task.js';

/** The full address of a file of a task. */
export type Link = (task: SandboxTask, kind: AssetKind) => string;

const externalInfo = ({externalId}: SandboxTask) =>
	externalId === undefined ? {} : {external_task_id: externalId};

/** `data` of the reply to a create (docs/kling-api.md §4). */
export const createdView = (task: SandboxTask) => ({
	task_id: task.id,
	task_status: 'submitted',
	task_info: externalInfo(task),
	created_at: task.createdAt,
	updated_at: task.createdAt,
});

// The two types that have a parent differ in the order of the keys (examples of §19).
function taskInfo(task: SandboxTask, link: Link) {
	const {parent} = task;
	const external = externalInfo(task);
	if (!parent) return external;
	const parentVideo = {
		parent_video: {id: parent.videoId, url: link(parent, 'video'), duration: parent.duration},
	};
	return task.type === 'extend' ? {...parentVideo, ...external} : {...external, ...parentVideo};
}

// The sound alone is a little longer than its clip: an mp3 holds whole frames only.
const plus = (duration: string, extra: number) =>
	String(Math.round((Number(duration) + extra) * 1000) / 1000);

function videoView(task: SandboxTask, link: Link) {
	return {
		id: task.videoId,
		url: link(task, 'video'),
		...(task.watermark ? {watermark_url: link(task, 'watermark')} : {}),
		duration: task.duration,
	};
}

function audioView(task: SandboxTask, link: Link) {
	return {
		id: task.audioId,
		url_mp3: link(task, 'mp3'),
		url_wav: link(task, 'wav'),
		duration_mp3: plus(task.duration, 0.105),
		duration_wav: plus(task.duration, 0.039),
	};
}

function pictureView(task: SandboxTask, link: Link, index: number) {
	return {
		index,
		url: link(task, pictureKind(index)),
		...(task.watermark ? {watermark_url: link(task, pictureKind(index, true))} : {}),
	};
}

function resultView(task: SandboxTask, link: Link) {
	if (task.pictures !== undefined) {
		return {images: Array.from({length: task.pictures}, (_, index) => pictureView(task, link, index))};
	}
	const videos = [videoView(task, link)];
	return task.type === 'add-sound' ? {videos, audios: [audioView(task, link)]} : {videos};
}

// What a task has only once it has succeeded. A model without a known price has no deduction.
function settledView(task: SandboxTask) {
	return {
		...(task.type === 'add-sound' ? {} : {watermark_info: {enabled: task.watermark}}),
		...(task.units === undefined ? {} : {final_unit_deduction: task.units}),
		final_balance_deduction: {quota: '0', list_price: '0'},
	};
}

/** A task as a lookup gives it at `now` (Unix ms). */
export function taskView(task: SandboxTask, link: Link, now: number) {
	const {status, since} = statusAt(task, now);
	const done = status === 'succeed';
	return {
		task_id: task.id,
		task_status: status,
		task_status_msg: status === 'failed' ? task.failure : '',
		task_info: taskInfo(task, link),
		task_result: done ? resultView(task, link) : {},
		...(done ? settledView(task) : {}),
		// A task that failed costs nothing, and says so.
		...(status === 'failed' ? {final_unit_deduction: '0'} : {}),
		created_at: task.createdAt,
		updated_at: since,
	};
}

/**
 * A task as a callback gives it at `now` (Unix ms): without the envelope and `watermark_info`, and with an empty
 * list for each kind of result that it does not have (docs/kling-api.md §11).
 */
export function callbackView(task: SandboxTask, link: Link, now: number) {
	const {watermark_info: _, ...view} = taskView(task, link, now);
	if (view.task_status !== 'succeed') return view;
	return {...view, task_result: {images: [], videos: [], audios: [], ...view.task_result}};
}
