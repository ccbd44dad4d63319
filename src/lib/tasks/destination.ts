import {statSync} from 'node:fs';
import type {NameValues} from '../downloads/name-template.js';
import {
	hasOwnExtension,
	isThere,
	type OutputRequest,
	otherPictureNames,
	resolveOutputPath,
} from '../downloads/output-path.js';
import {KlingError} from '../errors/kling-error.js';
import type {ResultFormat} from '../media/result-format.js';
import type {Clock} from '../system/clock.js';
import type {TaskName, TypeRegistry} from '../task-types/registry.js';

export interface DestinationOptions {
	/** File, folder or template, as the user wrote it. */
	output: string;
	/** Default: the format that the task type makes. */
	format?: ResultFormat | undefined;
	/** Replaces an existing file. */
	force?: boolean;
	/** Leaves an existing file alone and does not download it again. */
	skipExisting?: boolean;
	/** The number of tasks, when more than one was named. */
	count?: number | undefined;
	clock: Clock;
	types: TypeRegistry;
	flag?: OutputRequest['flag'];
	/** Whether a file is already the result of the task. If so, it is not downloaded again. */
	isSaved?: (file: string) => boolean | Promise<boolean>;
}

/** Where a result of a task goes. */
export interface Destination {
	/** Absolute path. */
	file: string;
	/** Whether the file exists already and is to be left alone. */
	isThere: boolean;
	/** Whether an empty file exists at the path. It is replaced. */
	isEmpty?: boolean;
}

/** A result whose destination is wanted. */
export interface DestinationRequest {
	taskId: string;
	type: TaskName;
	values: NameValues;
	url?: string | undefined;
	/** Set for the second and later pictures. */
	number?: number | undefined;
	/** Whether the first result of the task is at its path; undefined for that one. */
	isFirstThere?: boolean | undefined;
}

/** @throws KlingError the errors of `resolveOutputPath`; `file_exists` */
export async function findDestination(
	{output, force = false, skipExisting = false, flag, isSaved}: DestinationOptions,
	{
		taskId,
		type,
		values,
		url,
		number,
		isFirstThere,
		format,
		toFolder,
	}: DestinationRequest & {
		format: ResultFormat;
		toFolder: boolean;
	},
): Promise<Destination> {
	const named = {values: {type, ...values}, ...(flag && {flag})};
	const request = {output, isFolder: toFolder, taskId, format, url, number, ...named};
	if (isSaved) {
		const wanted = resolveOutputPath({...request, force: true});
		// If the first result of this task exists, files beside it with the matching names belong to the task
		// as well.
		const isOurs = isFirstThere === undefined ? await isSaved(wanted) : isFirstThere && isThere(wanted);
		if (isOurs) return {file: wanted, isThere: true};
	}
	const file = await freePath({...request, force: force || skipExisting});
	if (!skipExisting) return {file, isThere: false};
	const isOurName = format === 'image' && hasOwnExtension(output);
	const there = [file, ...(isOurName ? otherPictureNames(file) : [])].find(isThere);
	if (there === undefined) return {file, isThere: false};
	// An empty file is what a shell redirection leaves when a command wrote nothing.
	if (statSync(there).size === 0) return {file: there, isThere: false, isEmpty: true};
	await requireComplete(there, format, taskId);
	return {file: there, isThere: true};
}

/**
 * The path of an output. If it is taken by a file that a killed process had just put in place, what that process left
 * beside it is removed: nothing else will.
 * @throws KlingError the errors of `resolveOutputPath`
 */
async function freePath(request: OutputRequest): Promise<string> {
	try {
		return resolveOutputPath(request);
	} catch (error) {
		if (error instanceof KlingError && error.code === 'file_exists') {
			const {removeLeftovers} = await import('../downloads/part/remove-leftovers.js');
			removeLeftovers(resolveOutputPath({...request, force: true}));
		}
		throw error;
	}
}

/** @throws KlingError `file_exists` for a file that was not finished by a download */
async function requireComplete(file: string, format: ResultFormat, task_id: string): Promise<void> {
	const {whyIncomplete} = await import('../media/integrity.js');
	const why = await whyIncomplete(file, format);
	if (why === undefined) return;
	throw new KlingError('file_exists', `${file} is there, and is not a complete result: ${why}`, {
		path: file,
		task_id,
		hint: 'To fetch it again, replace --skip-existing with --force.',
	});
}
