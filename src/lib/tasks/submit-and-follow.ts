import {definedOnly, KlingError} from '../errors/kling-error.js';
import {followTask} from './follow.js';
import {estimateUnits} from './prices.js';
import {statusDocument} from './results.js';
import type {Session} from './session.js';
import {submitTask} from './submit.js';
import type {TaskType} from './task-types.js';

export interface FollowingOptions {
	externalId?: string | undefined;
	wait: boolean;
	/** File or folder to download the result to; implies `wait`. */
	download?: string | undefined;
	/** Milliseconds, for the slot and the result together. */
	timeoutMs: number;
	intervalMs?: number | undefined;
	verbose: boolean;
}

/** Milliseconds that a submit without waiting waits for a free slot. */
const slotPatience = 60_000;

/**
 * Submits a task (**costs the user**), and waits for it and downloads it as asked.
 * @returns the document: `success task_id status` when nothing is waited for, else that of `status`, and `file`
 * @throws KlingError as submitTask, followTask, resolveOutputPath and fetchResult
 */
export async function submitAndFollow(
	session: Session,
	type: TaskType,
	body: Record<string, unknown>,
	options: FollowingOptions,
): Promise<object> {
	const {externalId, wait, download, timeoutMs, intervalMs, verbose} = options;
	const follows = wait || download !== undefined;
	const start = session.clock.now();
	if (download !== undefined) await checkFolder(download);
	const submitted = await submitTask(session, type, body, {
		externalId,
		deadline: start + (follows ? timeoutMs : slotPatience),
	});
	const units = verbose ? {estimated_units: estimateUnits(type, body)} : {};
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
	const again =
		download === undefined
			? session.command('video', 'wait', ...named)
			: session.command('video', 'download', ...named, '--wait', '-o', quoted(download));
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
		const {resolveOutputPath} = await import('../media/output-path.js');
		const {fetchResult} = await import('./fetch-result.js');
		const target = await resolveOutputPath({
			output: download,
			taskId: task.id,
			format: 'video',
			force: false,
		});
		await fetchResult(session, task, {target, type, format: 'video', watermark: false, force: false});
		return {...document, file: target};
	} catch (error) {
		if (!(error instanceof KlingError)) throw error;
		const goesOn =
			error.exit === 3 || error.details.hint?.includes(again)
				? {}
				: {hint: `The task is safe. Go on: ${again}`};
		throw error.with({...about, ...goesOn});
	}
}

/** A path as a shell takes it in one piece. */
function quoted(path: string): string {
	return /^[\w./:@%+=,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Refuses before anything is paid for what can be known to fail at the end. */
async function checkFolder(download: string): Promise<void> {
	const {resolveOutputPath} = await import('../media/output-path.js');
	await resolveOutputPath({output: download, taskId: 'task', format: 'video', force: false});
}
