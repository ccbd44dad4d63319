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
	/** Left out, it is what the type of a task makes. */
	format?: ResultFormat | undefined;
	/** Replaces a file that is there. */
	force?: boolean;
	/** A file that is there is not fetched again. */
	skipExisting?: boolean;
	/** How many tasks there are, when more than one was named. */
	count?: number | undefined;
	clock: Clock;
	types: TypeRegistry;
	flag?: OutputRequest['flag'];
	/** Whether a file is the result of the task already; then it is not fetched again. */
	isSaved?: (file: string) => boolean | Promise<boolean>;
}

/** Where a result of a task goes. */
export interface Destination {
	/** Absolute path. */
	file: string;
	/** Whether it is there already and is to be left alone. */
	isThere: boolean;
	/** Whether an empty file lies there, which is to be replaced. */
	isEmpty?: boolean;
}

/** Ids of a task that may not exist yet. */
export type KnownIds = {
	taskId?: string | undefined;
	videoId?: string | undefined;
	facts?: NameFacts | undefined;
};

/** What a name can say of a task beside its ids, where the journal or the request says it. */
export type NameFacts = Pick<NameValues, 'external_id' | 'prompt' | 'model'>;

/** Placeholders that only the task itself fills. */
const ofTask: readonly string[] = ['video_id', 'date', 'external_id', 'prompt', 'model'];

/** Those that Kling gives. */
const ofKling: readonly string[] = ['task_id', 'video_id'];

/** Where the results of a command go; every method throws KlingError as resolveOutputPath. */
export interface Destinations {
	/** As the user wrote it. */
	readonly output: string;
	/**
	 * The destination, as far as it is known before the task is looked up, so that what cannot work fails early.
	 * @param id as the user gave it: may be an external id, and files are named by task ids
	 * @param index of the task in the command, from 0
	 */
	early(id: string, type: TaskName, index: number): Promise<Destination | undefined>;
	/** The destination of the first result of a task that may not exist yet; ids that Kling has still to give are made up. */
	beforeTask(type: TaskName, known: KnownIds): Promise<Destination>;
	/** Whether a task that does not exist yet is saved to a path that others could also have: nothing in it is of that task alone. */
	isShared(known: KnownIds): boolean;
	/**
	 * The destinations of a task, in the order of its results.
	 * @param picture the only one wanted, from 0
	 * @param facts what the name can hold beside ids
	 * @throws KlingError `conflicting_input` when another task of the command has one of them
	 */
	all(task: Task, type: TaskName, index: number, picture?: number, facts?: NameFacts): Promise<Destination[]>;
}

/** How many files a task gives in a format. */
export const filesOf = ({images = []}: Pick<Task, 'images'>, format: ResultFormat): number =>
	format === 'image' ? Math.max(1, images.length) : 1;

interface PictureMark {
	index?: string;
	n?: string;
	number?: number;
}

/**
 * What distinguishes the files of further pictures of a task from the first: `{index}`, unless it counts several tasks, or
 * else a number behind the name.
 * @param picture from 0
 */
function pictureMark(output: string, picture: number, isOneTask: boolean): PictureMark {
	if (picture === 0) return {};
	const number = picture + 1;
	const counts = placeholdersIn(output).some((placeholder) => placeholder === 'index' || placeholder === 'n');
	return isOneTask && counts ? {index: String(number), n: String(number)} : {number};
}

/** What Kling's own task ids look like (docs/kling-api.md §5); an external id of this form is very unlikely. */
const ownId = /^\d{16,}$/;

/** Stands for an id that Kling has still to give. */
const notYet = '0'.repeat(18);

/** @throws KlingError `invalid_flag` for an unknown placeholder, `conflicting_input` for one file and several tasks */
export function createDestinations(options: DestinationOptions): Destinations {
	const {output, count, clock, types} = options;
	const used = placeholdersIn(output);
	const isOneFile = !isFolder(output);
	if (count !== undefined && isOneFile && !tellsApart(output)) {
		throw new KlingError('conflicting_input', `--output ${output} is one file, for several tasks`, {
			hint: "Give an existing folder, a name that ends in /, or one such as 'clips/{task_id}.{ext}'.",
		});
	}
	const formatOf = (type: TaskName) => options.format ?? types.mainFormat(type);
	const counted = (index: number) => String(index + 1).padStart(String(count ?? 1).length, '0');
	const locate = (request: Located) => destination(options, {...request, format: formatOf(request.type)});
	const taken = new Map<string, string>();
	const take = (file: string, taskId: string) => {
		const other = taken.get(file);
		if (other !== undefined) throw twice(file, taskId, other);
		taken.set(file, `task ${taskId}`);
	};

	return {
		output,
		async early(id, type, index) {
			const isFixed = isOneFile && used.length === 0;
			const isTold = ownId.test(id) && !used.some((placeholder) => ofTask.includes(placeholder));
			// The address shows which kind of picture it is.
			const isSure = isTold && formatOf(type) !== 'image';
			return isFixed || isSure
				? locate({taskId: id, type, values: {index: counted(index), n: String(index + 1)}})
				: undefined;
		},
		beforeTask(type, {taskId = notYet, videoId = notYet, facts}) {
			const date = dayOf(clock.now());
			return locate({taskId, type, values: {...facts, index: '1', n: '1', video_id: videoId, date}});
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
	/** Of a further picture, beside the first. */
	number?: number | undefined;
	isFirstThere?: boolean;
}

async function destination(
	{output, force = false, skipExisting = false, flag, isSaved}: DestinationOptions,
	{taskId, type, values, url, number, isFirstThere, format}: Located & {format: ResultFormat},
): Promise<Destination> {
	const request = {output, taskId, format, url, number, values: {type, ...values}, ...(flag && {flag})};
	if (isSaved) {
		const wanted = resolveOutputPath({...request, force: true});
		// What is there beside the first result of this task is also this task's.
		const isOurs = number === undefined ? await isSaved(wanted) : isFirstThere && isThere(wanted);
		if (isOurs) return {file: wanted, isThere: true};
	}
	const file = resolveOutputPath({...request, force: force || skipExisting});
	if (!skipExisting) return {file, isThere: false};
	const isOurName = format === 'image' && hasOwnExtension(output);
	const there = [file, ...(isOurName ? otherPictureNames(file) : [])].find(isThere);
	if (there === undefined) return {file, isThere: false};
	// What a redirection leaves where nothing came.
	if (statSync(there).size === 0) return {file: there, isThere: false, isEmpty: true};
	await requireComplete(there, format, taskId);
	return {file: there, isThere: true};
}

/** @throws KlingError `file_exists` for a file that no download has finished */
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

/** The day, as this machine counts it: 2026-11-23. */
function dayOf(ms: number): string {
	const day = new Date(ms);
	const two = (number: number) => String(number).padStart(2, '0');
	return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
