import {statSync} from 'node:fs';
import type {Task} from '../api/task.js';
import {type NameValues, placeholdersIn, tellsApart} from '../downloads/name-template.js';
import {
	hasOwnExtension,
	isFolder,
	isThere,
	type OutputRequest,
	otherPictureNames,
	resolveOutputPath,
} from '../downloads/output-path.js';
import {KlingError} from '../errors/kling-error.js';
import type {ResultFormat} from '../media/result-format.js';
import type {Clock} from '../system/clock.js';
import type {TaskName, TypeRegistry} from '../task-types/registry.js';
import {notYetNamed} from './external-ids.js';

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

/** Ids of a task that may not exist yet. */
export type KnownIds = {
	taskId?: string | undefined;
	videoId?: string | undefined;
	facts?: NameFacts | undefined;
};

/** What else a file name can contain, as far as the journal or the request knows it. */
export type NameFacts = Pick<NameValues, 'external_id' | 'prompt' | 'model'>;

/** Placeholders whose values come from the task itself. */
const ofTask: readonly string[] = ['video_id', 'date', 'external_id', 'prompt', 'model'];

/** Placeholders for ids that Kling assigns. */
const ofKling: readonly string[] = ['task_id', 'video_id'];

/** Where the results of a command are saved. Every method throws the same errors as `resolveOutputPath`. */
export interface Destinations {
	/** As the user wrote it. */
	readonly output: string;
	/** Whether this program chooses the extension, by the kind of result. */
	readonly hasOwnExtension: boolean;
	/** Whether names contain values that only this machine's journal knows. */
	readonly usesFacts: boolean;
	/**
	 * The destination as far as it is known before the task is looked up, so that impossible ones fail early.
	 * @param id as the user gave it. It may be an external id; files are named after task ids.
	 * @param index of the task in the command, from 0
	 */
	early(id: string, type: TaskName, index: number): Promise<Destination | undefined>;
	/**
	 * The destination of a result of a task that may not exist yet. Ids that Kling has yet to assign are
	 * filled with placeholders.
	 * @param picture index of the picture, from 0. Default: the first result.
	 */
	beforeTask(type: TaskName, known: KnownIds, picture?: number): Promise<Destination>;
	/**
	 * Whether the path of a task that does not exist yet could also be another task's, because nothing in it
	 * is unique to this task.
	 */
	isShared(known: KnownIds): boolean;
	/**
	 * The destinations of a task, in the order of its results.
	 * @param picture the only picture wanted, from 0
	 * @param facts what the name can contain besides ids
	 * @throws KlingError `conflicting_input` when another task of the command has one of the same
	 * destinations
	 */
	all(task: Task, type: TaskName, index: number, picture?: number, facts?: NameFacts): Promise<Destination[]>;
}

/** How many files a task produces in a format. */
export const filesOf = ({images = []}: Pick<Task, 'images'>, format: ResultFormat): number =>
	format === 'image' ? Math.max(1, images.length) : 1;

interface PictureMark {
	index?: string;
	n?: string;
	number?: number;
}

/**
 * What sets the files of a task's second and later pictures apart from the first: `{index}`, unless it
 * numbers several tasks; otherwise a number after the name.
 * @param picture from 0
 */
function pictureMark(output: string, picture: number, isOneTask: boolean): PictureMark {
	if (picture === 0) return {};
	const number = picture + 1;
	const counts = placeholdersIn(output).some((placeholder) => placeholder === 'index' || placeholder === 'n');
	return isOneTask && counts ? {index: String(number), n: String(number)} : {number};
}

/** The form of Kling's own task ids (docs/kling-api.md §5). An external id is very unlikely to have it. */
const ownId = /^\d{16,}$/;

/** Placeholder for an id that Kling has yet to assign. */
const notYet = '0'.repeat(18);

/** @throws KlingError `invalid_flag` for an unknown placeholder, `conflicting_input` for one file and several tasks */
export function createDestinations(options: DestinationOptions): Destinations {
	const {output, count, clock, types} = options;
	const used = placeholdersIn(output);
	const toFolder = isFolder(output);
	const isOneFile = !toFolder;
	if (count !== undefined && isOneFile && !tellsApart(output)) {
		throw new KlingError('conflicting_input', `--output ${output} is one file, for several tasks`, {
			hint: "Give an existing folder, a name that ends in /, or one such as 'clips/{task_id}.{ext}'.",
		});
	}
	const formatOf = (type: TaskName) => options.format ?? types.mainFormat(type);
	const counted = (index: number) => String(index + 1).padStart(String(count ?? 1).length, '0');
	const locate = (request: Located) =>
		destination(options, {...request, format: formatOf(request.type), toFolder});
	const taken = new Map<string, string>();
	const take = (file: string, taskId: string) => {
		const other = taken.get(file);
		if (other !== undefined) throw twice(file, taskId, other);
		taken.set(file, `task ${taskId}`);
	};

	return {
		output,
		hasOwnExtension: toFolder || used.includes('ext'),
		usesFacts: used.some((name) => name === 'external_id' || name === 'prompt' || name === 'model'),
		async early(id, type, index) {
			const isFixed = isOneFile && used.length === 0;
			const isTold = ownId.test(id) && !used.some((placeholder) => ofTask.includes(placeholder));
			// The extension of a picture is known only from its URL.
			const isSure = isTold && formatOf(type) !== 'image';
			return isFixed || isSure
				? locate({taskId: id, type, values: {index: counted(index), n: String(index + 1)}})
				: undefined;
		},
		beforeTask(type, {taskId = notYet, videoId = notYet, facts}, picture = 0) {
			const {number, ...mark} = pictureMark(output, picture, true);
			const date = dayOf(clock.now());
			const values = {...facts, index: '1', n: '1', video_id: videoId, date, ...mark};
			return locate({taskId, type, number, values});
		},
		isShared: ({facts}) =>
			isOneFile &&
			!used.some(
				(name) => ofKling.includes(name) || (name === 'external_id' && facts?.external_id === notYetNamed),
			),
		async all(task, type, index, picture, facts) {
			const pictures = picture === undefined ? range(filesOf(task, formatOf(type))) : [picture];
			const videoId = task.videos[0]?.id;
			const found: Destination[] = [];
			for (const at of pictures) {
				const {number, ...mark} =
					picture === undefined ? pictureMark(output, at, (count ?? 1) === 1) : {number: undefined};
				const values = {
					...facts,
					index: counted(index),
					n: String(index + 1),
					date: dayOf(task.createdAt ?? clock.now()),
					...(videoId && {video_id: videoId}),
					...mark,
				};
				const url = task.images?.[at]?.url;
				const isFirstThere = found[0]?.isThere ?? false;
				const next = await locate({taskId: task.id, type, values, url, number, isFirstThere});
				take(next.file, task.id);
				found.push(next);
			}
			return found;
		},
	};
}

interface Located {
	taskId: string;
	type: TaskName;
	values: NameValues;
	url?: string | undefined;
	/** Set for the second and later pictures. */
	number?: number | undefined;
	isFirstThere?: boolean;
}

async function destination(
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
	}: Located & {
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
		const isOurs = number === undefined ? await isSaved(wanted) : isFirstThere && isThere(wanted);
		if (isOurs) return {file: wanted, isThere: true};
	}
	const file = resolveOutputPath({...request, force: force || skipExisting});
	if (!skipExisting) return {file, isThere: false};
	const isOurName = format === 'image' && hasOwnExtension(output);
	const there = [file, ...(isOurName ? otherPictureNames(file) : [])].find(isThere);
	if (there === undefined) return {file, isThere: false};
	// An empty file is what a shell redirection leaves when a command wrote nothing.
	if (statSync(there).size === 0) return {file: there, isThere: false, isEmpty: true};
	await requireComplete(there, format, taskId);
	return {file: there, isThere: true};
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

const range = (length: number) => Array.from({length}, (_, index) => index);

const twice = (path: string, task_id: string, other: string) =>
	new KlingError('conflicting_input', `${path} is also the file of ${other} in this command`, {
		task_id,
		path,
		hint: 'Name each task once, and use {task_id} or {index} in --output.',
	});

/** The day in this machine's time zone, such as 2026-11-23. */
function dayOf(ms: number): string {
	const day = new Date(ms);
	const two = (number: number) => String(number).padStart(2, '0');
	return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
