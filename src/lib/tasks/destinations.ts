import type {Task} from '../api/task.js';
import {type NameValues, placeholdersIn, tellsApart} from '../downloads/name-template.js';
import {isFolder, isThere, resolveOutputPath} from '../downloads/output-path.js';
import {KlingError} from '../errors/kling-error.js';
import type {ResultFormat} from '../media/result-format.js';
import type {Clock} from '../system/clock.js';
import type {TaskName, TypeRegistry} from '../task-types/registry.js';

export interface PlacesOptions {
	/** File, folder or template, as the user wrote it. */
	output: string;
	/** Left out, it is what the type of a task makes. */
	format: ResultFormat | undefined;
	force: boolean;
	/** A file that is there is not fetched again. */
	skipExisting: boolean;
	/** How many tasks there are, when more than one was named. */
	count: number | undefined;
	clock: Clock;
	types: TypeRegistry;
	/** Which picture of each task, from 0. */
	picture?: number;
}

/** Where the result of a task goes. */
interface Place {
	/** Absolute path. */
	file: string;
	/** Whether it is there already and is to be skipped. */
	isThere: boolean;
}

/** Where the results of a command go; every method throws KlingError as resolveOutputPath. */
export interface Places {
	/**
	 * The place, as far as it can be known before Kling was asked for the task: then what cannot work ends early.
	 * @param id as the user gave it: may be an external id, and files are named by task ids
	 * @param index of the task in the command, from 0
	 */
	early(id: string, type: TaskName, index: number): Promise<Place | undefined>;
	/** The place of a task; throws `conflicting_input` when another task of the command has it. */
	of(task: Task, type: TaskName, index: number): Promise<Place>;
	/** The places of all pictures of a task, in their order; of another task its one place. */
	all(task: Task, type: TaskName, index: number): Promise<Place[]>;
}

/** How many files a task gives in a format. */
export const filesOf = ({images = []}: Task, format: ResultFormat): number =>
	format === 'image' ? Math.max(1, images.length) : 1;

interface PictureMark {
	index?: string;
	number?: number;
}

/**
 * What tells the file of a further picture of a task from that of the first: `{index}`, unless it counts several tasks, or
 * else a number behind the name.
 * @param picture from 0
 */
export function pictureMark(output: string, picture: number, isOneTask: boolean): PictureMark {
	if (picture === 0) return {};
	const number = picture + 1;
	return isOneTask && placeholdersIn(output).includes('index') ? {index: String(number)} : {number};
}

/** What Kling's own task ids look like (docs/kling-api.md §5); an external id of this form is very unlikely. */
const ownId = /^\d{16,}$/;

/** @throws KlingError `invalid_flag` for an unknown placeholder, `conflicting_input` for one file and several tasks */
export async function createPlaces(options: PlacesOptions): Promise<Places> {
	const {output, format, force, skipExisting, count, clock, types, picture = 0} = options;
	const used = placeholdersIn(output);
	const isOneFile = !isFolder(output);
	if (count !== undefined && isOneFile && !tellsApart(output)) {
		throw new KlingError('conflicting_input', `--output ${output} is one file, for several tasks`, {
			hint: "Give an existing folder, a name that ends in /, or one such as 'clips/{task_id}.{ext}'.",
		});
	}
	const taken = new Map<string, string>();

	async function place(
		taskId: string,
		type: TaskName,
		index: number,
		more: NameValues,
		{url, number}: {url?: string | undefined; number?: number | undefined} = {},
	): Promise<Place> {
		const counted = String(index + 1).padStart(String(count ?? 1).length, '0');
		const values = {type, index: counted, ...more};
		const kind = format ?? types.mainFormat(type);
		const request = {output, taskId, format: kind, url, number, values, force: force || skipExisting};
		const file = resolveOutputPath(request);
		return {file, isThere: skipExisting && isThere(file)};
	}

	/** @param at which picture */
	async function placeOf(task: Task, type: TaskName, index: number, at: number, mark: PictureMark = {}) {
		const videoId = task.videos[0]?.id;
		const {index: counted, number} = mark;
		const values = {
			date: dayOf(task.createdAt ?? clock.now()),
			...(videoId && {video_id: videoId}),
			...(counted && {index: counted}),
		};
		const found = await place(task.id, type, index, values, {url: task.images?.[at]?.url, number});
		const other = taken.get(found.file);
		if (other !== undefined) {
			throw new KlingError(
				'conflicting_input',
				`${found.file} is the file of ${other} in this command, too`,
				{
					task_id: task.id,
					path: found.file,
					hint: 'Name each task once, and use {task_id} or {index} in --output.',
				},
			);
		}
		taken.set(found.file, `task ${task.id}`);
		return found;
	}

	return {
		async early(id, type, index) {
			const isFixed = isOneFile && used.length === 0;
			const isTold = ownId.test(id) && !used.includes('video_id') && !used.includes('date');
			// Which kind of picture it is, its address tells.
			const isSure = isTold && (format ?? types.mainFormat(type)) !== 'image';
			return isFixed || isSure ? place(id, type, index, {}) : undefined;
		},
		of: (task, type, index) => placeOf(task, type, index, picture),
		async all(task, type, index) {
			const found: Place[] = [];
			for (let at = 0; at < filesOf(task, format ?? types.mainFormat(type)); at++) {
				const mark = pictureMark(output, at, (count ?? 1) === 1);
				found.push(await placeOf(task, type, index, at, mark));
			}
			return found;
		},
	};
}

/** The day, as this machine counts it: 2026-11-23. */
export function dayOf(ms: number): string {
	const day = new Date(ms);
	const two = (number: number) => String(number).padStart(2, '0');
	return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
