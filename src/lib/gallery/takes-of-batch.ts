import path from 'node:path';
import {spentOn} from '../batch/check-amount.js';
import {addJournal, type KnownTask, readKnownTasks, takeKey} from '../batch/known-tasks.js';
import {readManifest} from '../batch/read-manifest.js';
import {shotsOf} from '../batch/shot.js';
import {readState, stateFileOf} from '../batch/state-file.js';
import type {Journal, JournalEntry} from '../journal/journal.js';
import {isMedia, kindOf} from './media-file.js';
import {type Take, withFacts} from './takes.js';

const statuses: Readonly<Record<KnownTask['status'], string>> = {
	succeeded: 'succeed',
	failed: 'failed',
	refused: 'failed',
	made: 'processing',
	unknown: 'unknown',
	prepared: 'waiting',
	unsubmitted: 'waiting',
};

/**
 * The takes of a batch, in the order of its list: done, running, failed, and not yet started.
 * @param file the manifest
 * @param journal if left out, only the state file next to the manifest is used
 * @throws KlingError as readManifest
 */
export async function takesOfBatch(file: string, journal: Journal | undefined): Promise<Take[]> {
	const manifest = await readManifest(file);
	const {shots} = shotsOf(manifest, {}, () => []);
	const known = readKnownTasks(readState(stateFileOf(file)), path.dirname(file));
	const entries = new Map<string, JournalEntry>();
	for (const externalId of known.tasks.keys()) {
		const entry = await journal?.find(externalId);
		if (entry) entries.set(externalId, entry);
	}
	addJournal(known, [...entries.values()], (externalId) => known.tasks.has(externalId));
	const takes = shots.flatMap((shot) =>
		Array.from({length: shot.takes}, (_, index) => {
			const take = index + 1;
			const id = known.history.get(takeKey(shot.id, take))?.at(-1);
			const task = id === undefined ? undefined : known.tasks.get(id);
			const entry = id === undefined ? undefined : entries.get(id);
			const prompt = Object(entry?.request).prompt ?? shot.values.prompt;
			return takeOf({id: shot.id, take, type: shot.type, tags: shot.tags, prompt}, task, entry);
		}),
	);
	return Promise.all(takes.map(withFacts));
}

interface Place {
	id: string;
	take: number;
	type: string;
	tags: Readonly<Record<string, string>>;
	prompt: unknown;
}

function takeOf(
	{id, take, type, tags, prompt}: Place,
	task: KnownTask | undefined,
	entry: JournalEntry | undefined,
): Take {
	const status = task === undefined ? 'waiting' : statuses[task.status];
	const file = task?.files.find(isMedia);
	const units = task && spentOn(task);
	return {
		id: takeKey(id, take),
		shot: id,
		take,
		kind: file === undefined ? 'none' : kindOf(file),
		status,
		type,
		...(Object.keys(tags).length > 0 && {tags}),
		...(typeof prompt === 'string' && {prompt}),
		...(file !== undefined && {file}),
		...(task?.taskId !== undefined && {taskId: task.taskId}),
		...(units !== undefined && {units}),
		...(status === 'failed' && {reason: task?.message ?? 'failed'}),
		...(entry?.model !== undefined && {model: entry.model}),
		...(entry !== undefined && {createdAt: entry.submittedAt}),
	};
}
