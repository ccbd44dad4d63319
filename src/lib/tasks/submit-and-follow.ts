import path from 'node:path';
import type {SharedResult} from '../downloads/options.js';
import {definedOnly, KlingError} from '../errors/kling-error.js';
import type {PreparedRequest} from '../task-types/prepare.js';
import {estimateFields} from '../task-types/prices.js';
import type {TaskName} from '../task-types/registry.js';
import type {Destinations, KnownIds} from './destinations.js';
import type {FollowedDocument, SubmittedDocument} from './documents.js';
import {downloadCommand} from './download-result.js';
import {requestFacts} from './request-facts.js';
import {fileFields, statusDocument} from './results.js';
import {sidecarEnd} from './sidecar-name.js';
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
 * @throws KlingError the errors of `submitTask`, `followTask`, the destinations, `checkWritable` and
 * `saveResults`
 */
export async function submitAndFollow(
	session: Session,
	type: TaskName,
	body: Record<string, unknown>,
	options: FollowingOptions,
): Promise<SubmittedDocument | FollowedDocument> {
	const {externalId, wait, download, timeoutMs, intervalMs, verbose} = options;
	const follows = wait || download !== undefined;
	const start = session.clock.now();
	const known = externalId === undefined ? undefined : await session.journal.find(externalId);
	// Everything that can be known to fail later is checked before paying.
	const shared = sharedResult(session, externalId, start + timeoutMs);
	const destinations = download === undefined ? undefined : await destinationsOf(session, download, shared);
	const facts = {external_id: externalId ?? notYetNamed, ...requestFacts(body)};
	if (destinations) await checkDestination(session, destinations, type, {...known, facts});
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
	const definition = session.types.definition(type);
	const units = verbose ? estimateFields(definition, body, options.prepared?.inputSeconds) : {};
	const api = verbose && {api: options.prepared?.standard ?? 'v1'};
	if (!follows) {
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
				resume: again,
				known: submitted.status,
			},
		);
		const status = statusDocument(task, type, verbose);
		const document = {...definedOnly(status), ...(task.units === undefined && units), ...api};
		if (destinations === undefined) return document;
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

/** Placeholder for an external id that is yet to be generated, of the same length. */
const notYetNamed = `kling-${'0'.repeat(8)}-${'0'.repeat(16)}`;

/** The tags of the profile and those given on the command line, which win. */
function tagsOf({tags: usual}: Session, {tags: given}: FollowingOptions): {tags?: Record<string, string>} {
	const tags = {...usual, ...given};
	return Object.keys(tags).length === 0 ? {} : {tags};
}

/**
 * Finds what another process may have downloaded of the same task, as happens when the same command line runs
 * twice at once. An existing file is accepted when the journal says that this very task put it there.
 * @returns undefined without an external id, since only that links such processes
 */
function sharedResult(
	{clock, journal, notes, signal}: Session,
	externalId: string | undefined,
	deadline: number,
): SharedResult | undefined {
	if (externalId === undefined) return undefined;
	return {
		deadline,
		onWait: (file) => notes.line(`Another process is downloading to ${file}; waiting for it`),
		async isSaved(file) {
			const {sizeOf} = await import('../fs/writable.js');
			const bytes = await sizeOf(file);
			if (bytes === undefined) return false;
			const isKnown = async () => {
				const known = await journal.find(externalId);
				return known?.savedFile === file && known.savedBytes === bytes;
			};
			if (await isKnown()) return true;
			const {afterDownload} = await import('../downloads/part/open-part.js');
			// A process that has just put the file there is about to record it.
			return (await afterDownload(file, {clock, signal, deadline})) && isKnown();
		},
	};
}

/** Where the results are saved. */
async function destinationsOf(
	{clock, types}: Session,
	output: string,
	shared: SharedResult | undefined,
): Promise<Destinations> {
	const {createDestinations} = await import('./destinations.js');
	const isSaved = shared?.isSaved ?? (async () => false);
	return createDestinations({output, clock, types, flag: '--download', isSaved});
}

/** @throws KlingError when the result could not be saved there, so that nothing is paid for in vain */
async function checkDestination(
	session: Session,
	destinations: Destinations,
	type: TaskName,
	known: KnownIds,
): Promise<void> {
	const {checkPlace} = await import('../downloads/part/check-place.js');
	const {file, isThere} = await destinations.beforeTask(type, known);
	if (isThere) return;
	const sideEnd = session.sidecar ? sidecarEnd : undefined;
	await checkPlace(file, {sideEnd, isShared: known.facts?.external_id !== notYetNamed});
}

/**
 * Checks where a task would be downloaded to, for commands that pay for another step before they submit it.
 * @throws KlingError the errors that `submitAndFollow` throws before it submits
 */
export async function checkDownload(
	session: Session,
	type: TaskName,
	{download, externalId}: Pick<FollowingOptions, 'download' | 'externalId'>,
): Promise<void> {
	if (download === undefined) return;
	const known = externalId === undefined ? undefined : await session.journal.find(externalId);
	const destinations = await destinationsOf(session, download, undefined);
	await checkDestination(session, destinations, type, {
		...known,
		facts: {external_id: externalId ?? notYetNamed},
	});
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
