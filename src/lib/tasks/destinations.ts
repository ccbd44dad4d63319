import type {Task} from '../api/task.js';
import {isUniquePerTask, type NameValues, placeholdersIn} from '../downloads/name-template.js';
import {isFolder} from '../downloads/output-path.js';
import {KlingError} from '../errors/kling-error.js';
import type {ResultFormat} from '../media/result-format.js';
import type {TaskName} from '../task-types/registry.js';
import {
	type Destination,
	type DestinationOptions,
	type DestinationRequest,
	findDestination,
} from './destination.js';
import {notYetNamed} from './external-ids.js';

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
	 * Takes a destination that `early` gave for the only result of a task.
	 * @throws KlingError `conflicting_input` when another task of the command has it
	 */
	take(destination: Destination, taskId: string): Destination;
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
	if (count !== undefined && isOneFile && !isUniquePerTask(output)) {
		throw new KlingError('conflicting_input', `--output ${output} is one file, for several tasks`, {
			hint: "Give an existing folder, a name that ends in /, or one such as 'clips/{task_id}.{ext}'.",
		});
	}
	const formatOf = (type: TaskName) => options.format ?? types.mainFormat(type);
	const counted = (index: number) => String(index + 1).padStart(String(count ?? 1).length, '0');
	const locate = (request: DestinationRequest) =>
		findDestination(options, {format: formatOf(request.type), toFolder, ...request});
	const taken = new Map<string, string>();
	const take = (destination: Destination, taskId: string) => {
		takeFile(taken, destination.file, taskId);
		return destination;
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
		take,
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
				const isFirstThere = found[0]?.isThere;
				const next = await locate({taskId: task.id, type, values, url, number, isFirstThere});
				found.push(take(next, task.id));
			}
			return found;
		},
	};
}

/** @param taken which task has a file already */
function takeFile(taken: Map<string, string>, file: string, taskId: string): void {
	const other = taken.get(file);
	if (other !== undefined) throw twice(file, taskId, other);
	taken.set(file, `task ${taskId}`);
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
