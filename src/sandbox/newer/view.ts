import {pictureKind} from '../files.js';
import {idOf} from '../ids.js';
import type {Result} from '../results.js';
import {type SandboxTask, type Status, statusAt} from '../task.js';
import {type Link, soundSeconds} from '../view.js';
import {elementOutput, voiceOutput} from './asset-outputs.js';

/** The newer standard's name for a state (docs/kling-api.md §15). */
export const newerStatus = (status: Status): string => (status === 'succeed' ? 'succeeded' : status);

/** `data` of the response to a create. */
export const createdView = (task: SandboxTask) => ({
	id: task.id,
	status: 'submitted',
	create_time: task.createdAt,
	update_time: task.createdAt,
	external_id: task.externalId ?? '',
});

const marked = (task: SandboxTask, link: () => string) => (task.watermark ? {watermark_url: link()} : {});

function outputsOf(task: SandboxTask, link: Link): object[] {
	const {result} = task;
	switch (result.kind) {
		case 'video': {
			const video = {
				type: 'video',
				id: idOf(task.id, 'video'),
				url: link(task, 'video'),
				...marked(task, () => link(task, 'watermark')),
				...(result.hidesDuration ? {} : {duration: result.duration}),
			};
			return result.audios ? [video, audioOutput(task, result, link)] : [video];
		}
		case 'audio':
			return [audioOutput(task, result, link)];
		case 'pictures':
			return Array.from({length: result.count}, (_, index) => ({
				type: 'image',
				url: link(task, pictureKind(index)),
				...marked(task, () => link(task, pictureKind(index, true))),
				...(result.as === 'series' ? {group_id: '1'} : {}),
			}));
		case 'views':
			return Array.from({length: 9}, (_, index) => ({type: 'image', url: link(task, `view${index}`)}));
		case 'element':
			return [elementOutput(task, result.element, link)];
		case 'voice':
			return [voiceOutput(task, result.name, link)];
		default:
			return [];
	}
}

function audioOutput(task: SandboxTask, result: Extract<Result, {kind: 'video' | 'audio'}>, link: Link) {
	const {mp3, wav} = soundSeconds(result);
	return {
		type: 'audio',
		id: idOf(task.id, 'audio'),
		mp3_url: link(task, 'mp3'),
		wav_url: link(task, 'wav'),
		mp3_duration: mp3,
		wav_duration: wav,
	};
}

/** What a task that has ended cost. */
function billingOf({units, pack, cash}: SandboxTask): object[] {
	if (units === undefined) return [];
	if (cash !== undefined) {
		const amount = String(cash);
		return [{charge_type: 'cash', cash_type: 'balance', amount, currency: 'USD', list_price: amount}];
	}
	return [{charge_type: 'unit', package_type: pack, amount: String(units)}];
}

/** A task as `/tasks` shows it at `now` (Unix ms), whichever standard it was made with. */
export function newerView(task: SandboxTask, link: Link, now: number): object {
	const {status, since} = statusAt(task, now);
	return {
		id: task.id,
		status: newerStatus(status),
		message: status === 'failed' ? task.failure : '',
		create_time: task.createdAt,
		update_time: since,
		external_id: task.externalId ?? '',
		outputs: status === 'succeed' ? outputsOf(task, link) : [],
		billing: status === 'succeed' || status === 'failed' ? billingOf(task) : [],
	};
}
