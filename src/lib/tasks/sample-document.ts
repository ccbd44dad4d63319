import type {Task} from '../api/task.js';
import type {TaskName} from '../task-types/registry.js';
import {statusDocument} from './results.js';

const url = 'https://kling.invalid/result';

/** A task that succeeded, with results of every kind. */
const finished: Task = {
	...{id: '1', status: 'succeed', externalId: 'kling-1', units: '1', createdAt: 1, updatedAt: 1},
	videos: [{id: '2', url, watermarkUrl: url, duration: '5'}],
	audios: [{id: '3', mp3Url: url, wavUrl: url}],
	images: [{url}, {url}],
};

/** What a submitting command will print, as far as it affects queries. */
interface Printed {
	wait: boolean;
	/** The download destination. */
	download?: string | undefined;
	verbose: boolean;
}

/**
 * A document with every key that a submission may print. Queries are tried on it before anything is paid for.
 */
export function sampleDocument(type: TaskName, {wait, download, verbose}: Printed): object {
	const submitted = {
		...{success: true, task_id: finished.id, status: finished.status},
		...(verbose && {external_task_id: finished.externalId, estimated_units: '1', pack: 'image', api: 'v1'}),
	};
	if (!wait && download === undefined) return submitted;
	const made = {element_id: '4', element: 'fox', voice_id: '5', voice: 'fox', audio_id: '3'};
	const file = '/fox.mp4';
	return {
		...submitted,
		...statusDocument(finished, type, verbose),
		...made,
		...(download !== undefined && {file, files: [{file}, {file}]}),
	};
}
