import {randomInt} from 'node:crypto';
import type {Standard} from '../task-types/standard.js';

/* Deliveries as Kling would post them, for people who test their receivers (docs/kling-api.md §11). */

/** What a sample is about. */
export interface SampleOptions {
	standard: Standard;
	taskId: string;
	externalId?: string | undefined;
	/** Unix milliseconds. */
	now: number;
}

interface Event {
	status: 'submitted' | 'processing' | 'succeed' | 'failed';
	/** What the task made. */
	result?: 'video' | 'image' | 'audio' | undefined;
	text: string;
}

/** The events that can be sent. */
export const sampleEvents = {
	'task.submitted': {status: 'submitted', text: 'what the button of the console sends, to test an address'},
	'task.processing': {status: 'processing', text: 'a task has started'},
	'task.succeed': {status: 'succeed', result: 'video', text: 'a video is finished'},
	'task.failed': {status: 'failed', text: 'a task was refused by moderation'},
	'image.succeed': {status: 'succeed', result: 'image', text: 'a picture is finished'},
	'audio.succeed': {status: 'succeed', result: 'audio', text: 'a sound is finished'},
} as const satisfies Record<string, Event>;

export type SampleEvent = keyof typeof sampleEvents;

export const sampleEventNames = Object.keys(sampleEvents) as SampleEvent[];

/** How long the task took, in milliseconds, and what it cost. */
const taken = {ms: 83_000, units: '3'};
/** Message of a task that moderation refused. */
const refused = 'Failure to pass the risk control system';

const file = (taskId: string, name: string) => `https://cdn.example.invalid/${taskId}/${name}`;

/** An id in Kling's form: 18 digits. */
export const sampleId = (start: number): string =>
	`${start}${Array.from({length: 17}, () => randomInt(10)).join('')}`;

/** The body of a delivery, as JSON text. */
export function sampleBody(event: SampleEvent, options: SampleOptions): string {
	const sample: Event = sampleEvents[event];
	return JSON.stringify((options.standard === 'v1' ? olderBody : newerBody)(sample, options));
}

const olderResults = {
	video: (id: string) => ({
		images: [],
		videos: [{id: `91${id.slice(2)}`, url: file(id, 'output.mp4'), duration: '5.041'}],
		audios: [],
	}),
	image: (id: string) => ({images: [{index: 0, url: file(id, 'output.png')}], videos: []}),
	audio: (id: string) => ({
		images: [],
		videos: [],
		audios: [
			{
				id: `92${id.slice(2)}`,
				url_mp3: file(id, 'output.mp3'),
				url_wav: file(id, 'output.wav'),
				duration_mp3: '5.041',
				duration_wav: '5.041',
			},
		],
	}),
} as const;

function olderBody({status, result}: Event, {taskId, externalId, now}: SampleOptions): object {
	const isOver = status === 'succeed' || status === 'failed';
	return {
		task_id: taskId,
		task_status: status,
		task_status_msg: status === 'failed' ? refused : '',
		task_info: externalId === undefined ? {} : {external_task_id: externalId},
		task_result: result ? olderResults[result](taskId) : {},
		...(isOver && {
			final_unit_deduction: status === 'succeed' ? taken.units : '0',
			final_balance_deduction: {quota: '0', list_price: '0'},
		}),
		created_at: now - taken.ms,
		updated_at: now,
	};
}

const newerResults = {
	video: (id: string) => ({
		type: 'video',
		id: `91${id.slice(2)}`,
		url: file(id, 'output.mp4'),
		duration: '5.041',
	}),
	image: (id: string) => ({type: 'image', url: file(id, 'output.png')}),
	audio: (id: string) => ({
		type: 'audio',
		id: `92${id.slice(2)}`,
		mp3_url: file(id, 'output.mp3'),
		wav_url: file(id, 'output.wav'),
		mp3_duration: '5.041',
		wav_duration: '5.041',
	}),
} as const;

function newerBody({status, result}: Event, {taskId, externalId = '', now}: SampleOptions): object {
	const pack = result === 'image' ? 'image' : 'video';
	return {
		id: taskId,
		status: status === 'succeed' ? 'succeeded' : status,
		message: status === 'failed' ? refused : '',
		create_time: now - taken.ms,
		update_time: now,
		external_id: externalId,
		outputs: result ? [newerResults[result](taskId)] : [],
		billing: status === 'succeed' ? [{charge_type: 'unit', package_type: pack, amount: taken.units}] : [],
	};
}
