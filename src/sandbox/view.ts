import {elementView, voiceView} from './asset-views.js';
import {type AssetKind, pictureKind} from './files.js';
import {idOf} from './ids.js';
import {durationOf, type Result} from './results.js';
import {type SandboxTask, statusAt} from './task.js';

/** The full URL of a task's file. */
export type Link = (task: SandboxTask, kind: AssetKind) => string;

const externalInfo = ({externalId}: SandboxTask) =>
	externalId === undefined ? {} : {external_task_id: externalId};

/** `data` of the response to a create (docs/kling-api.md §4). */
export const createdView = (task: SandboxTask) => ({
	task_id: task.id,
	task_status: 'submitted',
	task_info: externalInfo(task),
	created_at: task.createdAt,
	updated_at: task.createdAt,
});

// Types with a parent have their keys in a different order (examples in §19).
function taskInfo(task: SandboxTask, link: Link) {
	const {parent} = task;
	const external = externalInfo(task);
	if (!parent) return external;
	const parentVideo = {
		parent_video: {
			id: idOf(parent.id, 'video'),
			url: link(parent, 'video'),
			duration: durationOf(parent.result),
		},
	};
	return task.type === 'extend' ? {...parentVideo, ...external} : {...external, ...parentVideo};
}

// The sound alone is a little longer than its clip: an mp3 contains only whole frames.
const plus = (duration: string, extra: number) =>
	String(Math.round((Number(duration) + extra) * 1000) / 1000);

type ResultOf<K extends Result['kind']> = Extract<Result, {kind: K}>;

function videoView(task: SandboxTask, result: ResultOf<'video'>, link: Link) {
	return {
		id: idOf(task.id, 'video'),
		...(result.sessionId === undefined ? {} : {session_id: result.sessionId}),
		url: link(task, 'video'),
		...(task.watermark ? {watermark_url: link(task, 'watermark')} : {}),
		...(result.hidesDuration ? {} : {duration: result.duration}),
	};
}

/** The durations of a sound's two files, in seconds. */
export const soundSeconds = (result: ResultOf<'video'> | ResultOf<'audio'>) =>
	result.kind === 'audio'
		? {mp3: result.seconds, wav: result.seconds}
		: {mp3: plus(result.duration, 0.105), wav: plus(result.duration, 0.039)};

function audioView(task: SandboxTask, result: ResultOf<'video'> | ResultOf<'audio'>, link: Link) {
	const {mp3, wav} = soundSeconds(result);
	return {
		id: idOf(task.id, 'audio'),
		url_mp3: link(task, 'mp3'),
		url_wav: link(task, 'wav'),
		duration_mp3: mp3,
		duration_wav: wav,
	};
}

const picturesView = (task: SandboxTask, {count}: ResultOf<'pictures'>, link: Link) =>
	Array.from({length: count}, (_, index) => ({
		index,
		url: link(task, pictureKind(index)),
		...(task.watermark ? {watermark_url: link(task, pictureKind(index, true))} : {}),
	}));

type ViewOf<K extends Result['kind']> = (task: SandboxTask, result: ResultOf<K>, link: Link) => object;

const nothing = () => ({});

/** How each result looks in the older standard. */
const resultViews: {[K in Result['kind']]: ViewOf<K>} = {
	video(task, result, link) {
		const videos = [videoView(task, result, link)];
		return result.audios ? {videos, audios: [audioView(task, result, link)]} : {videos};
	},
	audio: (task, result, link) => ({audios: [audioView(task, result, link)]}),
	pictures(task, result, link) {
		const images = picturesView(task, result, link);
		if (result.as === undefined) return {images};
		return result.as === 'series'
			? {result_type: 'series', series_images: images}
			: {result_type: 'single', images};
	},
	views: (task, _, link) => ({
		images: [0, 1, 2].map((index) => ({
			index,
			url_1: link(task, `view${index * 3}`),
			url_2: link(task, `view${index * 3 + 1}`),
			url_3: link(task, `view${index * 3 + 2}`),
		})),
	}),
	element: (task, {element}, link) => ({elements: [elementView(task, element, link)]}),
	voice: (task, {name}, link) => ({voices: [voiceView(task, name, link)]}),
	// Calls that return at once are never looked up.
	speech: nothing,
	faces: nothing,
	segments: nothing,
	selection: nothing,
};

function resultView(task: SandboxTask, link: Link): object {
	const view = resultViews[task.result.kind] as ViewOf<Result['kind']>;
	return view(task, task.result as never, link);
}

// What a task has only after it has succeeded. A model without a known price has no deduction.
function settledView(task: SandboxTask) {
	return {
		...(task.watermark === undefined ? {} : {watermark_info: {enabled: task.watermark}}),
		...(task.units === undefined ? {} : {final_unit_deduction: String(task.units)}),
		final_balance_deduction: {quota: '0', list_price: '0'},
	};
}

/** A task as a lookup shows it at `now` (Unix ms). */
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
		// A failed task costs nothing, and says so.
		...(status === 'failed' ? {final_unit_deduction: '0'} : {}),
		created_at: task.createdAt,
		updated_at: since,
	};
}

/**
 * A task as a callback shows it at `now` (Unix ms): without the envelope and `watermark_info`, and with an empty list for
 * each kind of result that it does not have (docs/kling-api.md §11).
 */
export function callbackView(task: SandboxTask, link: Link, now: number): object {
	const {watermark_info: _, ...view} = taskView(task, link, now);
	if (view.task_status !== 'succeed') return view;
	return {...view, task_result: {images: [], videos: [], audios: [], ...view.task_result}};
}
