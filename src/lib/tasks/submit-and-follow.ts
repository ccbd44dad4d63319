import path from 'node:path';
import {definedOnly, KlingError} from '../errors/kling-error.js';
import type {PreparedRequest} from '../task-types/prepare.js';
import {estimateFields} from '../task-types/prices.js';
import type {TaskName} from '../task-types/registry.js';
import type {FollowedDocument, SubmittedDocument} from './documents.js';
import {downloadCommand} from './download-result.js';
import type {Place} from './reserve-destination.js';
import {fileFields, statusDocument} from './results.js';
import {submitTask} from './submit.js';
import type {Session} from './task-context.js';
import {followTask} from './wait-with-progress.js';

export interface FollowingOptions {
	externalId?: string | undefined;
	wait: boolean;
	/** File or folder to download the result to; implies `wait`. */
	download?: string | undefined;
	/** Milliseconds for the slot and the result together. */
	timeoutMs: number;
	intervalMs?: number | undefined;
	verbose: boolean;
	/** How to send the request, when it differs from the older standard. */
	prepared?: PreparedRequest | undefined;
	/** The command line after `kling`, as typed. */
	command: readonly string[];
	tags?: Record<string, string> | undefined;
	allowUnknownPrice?: boolean | undefined;
}

/** What --download saves of a task. */
const plain = ({types}: Session, type: TaskName) =>
	({format: types.mainFormat(type), watermark: false, force: false}) as const;

/** Milliseconds that a submission without --wait waits for a free slot. */
const slotPatience = 60_000;

/**
 * Submits a task (**costs the user**), then waits for it and downloads it if requested.
 * @returns `success task_id status` without waiting; otherwise the document of `status`, plus `file` after a
 * download
 * @throws KlingError the errors of `reserveDestination`, `submitTask`, `followTask` and `saveResults`
 */
export async function submitAndFollow(
	session: Session,
	type: TaskName,
	body: Record<string, unknown>,
	options: FollowingOptions,
): Promise<SubmittedDocument | FollowedDocument> {
	const {externalId, download, timeoutMs} = options;
	const start = session.clock.now();
	const deadline = start + timeoutMs;
	// Everything that can be known to fail later is checked before paying.
	const {reserveDestination} = await import('./reserve-destination.js');
	const place =
		download === undefined
			? undefined
			: await reserveDestination(session, type, {download, externalId, body, deadline});
	try {
		return await submitAndSave(session, type, body, {...options, start, place});
	} finally {
		for (const file of place?.held ?? []) session.heldFiles.release(file);
	}
}

async function submitAndSave(
	session: Session,
	type: TaskName,
	body: Record<string, unknown>,
	options: FollowingOptions & {start: number; place: Place | undefined},
): Promise<SubmittedDocument | FollowedDocument> {
	const {externalId, wait, download, timeoutMs, intervalMs, verbose, start, place} = options;
	const follows = wait || download !== undefined;
	const submitted = await submitTask(session, type, body, {
		externalId,
		prepared: options.prepared,
		allowUnknownPrice: options.allowUnknownPrice,
		deadline: start + (follows ? timeoutMs : Math.min(timeoutMs, slotPatience)),
		until: follows ? start + timeoutMs : undefined,
		context: {
			command: [...options.command],
			...tagsOf(session, options),
			...(download !== undefined && {download: absolute(download)}),
		},
	});
	session.heldFiles.submitted();
	const definition = session.types.definition(type);
	const units = verbose ? estimateFields(definition, body, options.prepared?.inputSeconds) : {};
	const api = verbose && !submitted.isEarlier && {api: options.prepared?.standard ?? 'v1'};
	// A task that has failed already is followed in any case: the lookup says why, and is the failure reported.
	if (!follows && submitted.status !== 'failed') {
		return definedOnly({
			success: true,
			task_id: submitted.id,
			status: submitted.status,
			...(verbose && {external_task_id: submitted.externalId, ...units, ...api}),
		});
	}

	// From here on the task exists, so every error includes its id.
	const about = {task_id: submitted.id, external_task_id: submitted.externalId};
	const named = [submitted.id, '--type', type];
	const downloadTo = (output: string) =>
		downloadCommand(session, submitted, {...plain(session, type), type, output, wait: true});
	const again = download === undefined ? session.command('video', 'wait', ...named) : downloadTo(download);
	try {
		const task = await followTask(
			session,
			{id: submitted.id, type, model: typeof body.model_name === 'string' ? body.model_name : undefined},
			{
				timeoutMs: Math.max(0, start + timeoutMs - session.clock.now()),
				intervalMs,
				resume: () => again,
				known: submitted.status,
			},
		);
		const status = statusDocument(task, type, verbose);
		const document = {...definedOnly(status), ...(task.units === undefined && units), ...api};
		if (place === undefined) return document;
		const {destinations, shared, facts} = place;
		const {saveResults} = await import('./save-results.js');
		const onThere = (file: string) =>
			session.notes.line(`${file} is the result of this task already; nothing was downloaded`);
		const saved = await saveResults(session, task, destinations, {
			...plain(session, type),
			...{type, onThere, shared, facts: {...facts, external_id: submitted.externalId}},
		});
		return {...document, ...fileFields(saved.map(({file}) => ({file})))};
	} catch (error) {
		if (!(error instanceof KlingError)) throw error;
		const known = afterPayment(error);
		throw known.with({...about, ...hintAfterSubmit(known, again, downloadTo('OTHER_PATH'))});
	}
}

/** The tags of the profile and those given on the command line, which win. */
function tagsOf({tags: usual}: Session, {tags: given}: FollowingOptions): {tags?: Record<string, string>} {
	const tags = {...usual, ...given};
	return Object.keys(tags).length === 0 ? {} : {tags};
}

/**
 * After a payment, an error must not claim that the command line is wrong: a script would correct it and pay
 * again.
 */
function afterPayment(error: KlingError): KlingError {
	if (error.exit !== 2) return error;
	return new KlingError('write_error', error.said, {...error.details, hint: undefined, cause: error});
}

/** The hint with the command that continues, unless the error has its own hint or the task has failed. */
function hintAfterSubmit(error: KlingError, again: string, elsewhere: string): {hint?: string} {
	if (error.exit === 3 || error.details.hint?.includes(again)) return {};
	// The same path would be refused again.
	if (error.exit === 10) return {hint: `The task is safe. Download it elsewhere: ${elsewhere}`};
	return {hint: `The task is safe. Continue: ${again}`};
}

/** Resolves a path but keeps a trailing separator, which marks a folder. */
function absolute(download: string): string {
	return path.resolve(download) + (/[/\\]$/.test(download) ? path.sep : '');
}
