import path from 'node:path';
import type {Task} from '../api/task.js';
import {definedOnly, KlingError} from '../errors/kling-error.js';
import type {JournalEntry} from '../journal/journal.js';
import {estimateUnits} from '../task-types/prices.js';
import {isOwnType, mainFormat, type TaskName} from '../task-types/registry.js';
import {downloadCommand, fetchResult} from './download-result.js';
import {fileFields, resultUrl, statusDocument} from './results.js';
import {submitTask} from './submit.js';
import type {Session} from './task-context.js';
import {followTask} from './wait-with-progress.js';

export interface FollowingOptions {
	externalId?: string | undefined;
	wait: boolean;
	/** File or folder to download the result to; implies `wait`. */
	download?: string | undefined;
	/** Milliseconds, for the slot and the result together. */
	timeoutMs: number;
	intervalMs?: number | undefined;
	verbose: boolean;
	/** The words after `kling` that were typed. */
	command: readonly string[];
}

/** What --download takes of a task. */
const plain = (type: TaskName) => ({format: mainFormat(type), watermark: false, force: false}) as const;

/** Stands for an id that Kling has still to give. */
const notYet = '0'.repeat(18);

/** Milliseconds that a submit without waiting waits for a free slot. */
const slotPatience = 60_000;

/**
 * Submits a task (**costs the user**), and waits for it and downloads it as asked.
 * @returns the document: `success task_id status` when nothing is waited for, else that of `status`, and `file`
 * @throws KlingError as submitTask, followTask, resolveTarget and fetchResult
 */
export async function submitAndFollow(
	session: Session,
	type: TaskName,
	body: Record<string, unknown>,
	options: FollowingOptions,
): Promise<object> {
	const {externalId, wait, download, timeoutMs, intervalMs, verbose} = options;
	const follows = wait || download !== undefined;
	const start = session.clock.now();
	const known = externalId === undefined ? undefined : await session.journal.find(externalId);
	// Before anything is paid for: what can be known to fail at the end.
	if (download !== undefined) await resolveTarget(session, download, type, undefined, known);
	const submitted = await submitTask(session, type, body, {
		externalId,
		deadline: start + (follows ? timeoutMs : Math.min(timeoutMs, slotPatience)),
		context: {
			command: [...options.command],
			...(download !== undefined && {download: absolute(download)}),
		},
	});
	const units = verbose ? {estimated_units: isOwnType(type) ? estimateUnits(type, body) : undefined} : {};
	if (!follows) {
		return definedOnly({
			success: true,
			task_id: submitted.id,
			status: submitted.status,
			...(verbose && {external_task_id: submitted.externalId, ...units}),
		});
	}

	// From here on the task exists: whatever goes wrong, its id is told.
	const about = {task_id: submitted.id, external_task_id: submitted.externalId};
	const named = [submitted.id, '--type', type];
	const downloadTo = (output: string) =>
		downloadCommand(session, submitted, {...plain(type), type, output, wait: true});
	const again = download === undefined ? session.command('video', 'wait', ...named) : downloadTo(download);
	try {
		const task = await followTask(
			session,
			{id: submitted.id, type, model: typeof body.model_name === 'string' ? body.model_name : undefined},
			{
				timeoutMs: Math.max(0, start + timeoutMs - session.clock.now()),
				intervalMs,
				resume: again,
			},
		);
		const document = {...statusDocument(task, type, verbose), ...(task.units === undefined && units)};
		if (download === undefined) return document;
		const files = await fetchAll(session, task, type, download, known);
		return {...document, ...files};
	} catch (error) {
		if (!(error instanceof KlingError)) throw error;
		throw error.with({...about, ...hintAfterSubmit(error, again, downloadTo('OTHER_PATH'))});
	}
}

/** Downloads what --download takes of a task: all its pictures, once it is known that each has a place. */
async function fetchAll(
	session: Session,
	task: Task,
	type: TaskName,
	download: string,
	known: JournalEntry | undefined,
): Promise<object> {
	const {filesOf} = await import('./destinations.js');
	const {format} = plain(type);
	const targets: Target[] = [];
	for (let picture = 0; picture < filesOf(task, format); picture++) {
		const about = {picture, isFirstSaved: targets[0]?.saved ?? false};
		targets.push(await resolveTarget(session, download, type, task, known, about));
	}
	for (const [index, {file, saved}] of targets.entries()) {
		if (saved) session.notes.line(`${file} is the result of this task already; nothing was downloaded`);
		else await fetchResult(session, task, {...plain(type), target: file, output: download, type, index});
	}
	return fileFields(targets.map(({file}) => ({file})));
}

/** What goes on after an error, unless the error says so itself or the task has failed. */
function hintAfterSubmit(error: KlingError, again: string, elsewhere: string): {hint?: string} {
	if (error.exit === 3 || error.details.hint?.includes(again)) return {};
	// The same path would be refused again.
	if (error.exit === 10) return {hint: `The task is safe. Download it elsewhere: ${elsewhere}`};
	return {hint: `The task is safe. Go on: ${again}`};
}

/** Keeps the separator at the end, which says that a folder is meant. */
function absolute(download: string): string {
	return path.resolve(download) + (/[/\\]$/.test(download) ? path.sep : '');
}

interface Target {
	/** Absolute path. */
	file: string;
	/** Whether the result is there already. */
	saved: boolean;
}

/**
 * Where the result goes. A file that is there already is fine when the journal says that this very task put it there.
 * @param task as far as it exists
 * @param known what the journal knows of an external id that was used before
 * @param about the picture, from 0; a further one that is there beside the first one is this task's, too
 * @throws KlingError as resolveOutputPath and checkWritable
 */
async function resolveTarget(
	{clock}: Session,
	download: string,
	type: TaskName,
	task: Task | undefined,
	known: JournalEntry | undefined,
	{picture = 0, isFirstSaved = false} = {},
): Promise<Target> {
	const [{isThere, resolveOutputPath}, {checkWritable, sizeOf}, {dayOf, pictureMark}] = await Promise.all([
		import('../downloads/output-path.js'),
		import('../fs/writable.js'),
		import('./destinations.js'),
	]);
	const {index = '1', number} = pictureMark(download, picture, true);
	const {format} = plain(type);
	const request = {
		output: download,
		taskId: task?.id ?? known?.taskId ?? notYet,
		values: {
			type,
			index,
			video_id: task?.videos[0]?.id ?? known?.videoId ?? notYet,
			date: dayOf(task?.createdAt ?? clock.now()),
		},
		format,
		url: task && resultUrl(task, format, false, picture),
		number,
		flag: '--download',
	} as const;
	const file = resolveOutputPath({...request, force: true});
	const saved =
		picture === 0
			? known?.savedFile === file && known.savedBytes === (await sizeOf(file))
			: isFirstSaved && isThere(file);
	if (saved) return {file, saved};
	resolveOutputPath({...request, force: false});
	await checkWritable(file);
	return {file, saved};
}
