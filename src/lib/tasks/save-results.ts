import type {Task} from '../api/task.js';
import type {SharedResult} from '../downloads/options.js';
import {isThere as isFileThere} from '../downloads/output-path.js';
import type {Destination} from './destination.js';
import type {Destinations, NameFacts} from './destinations.js';
import {type FetchedResult, fetchResult, type ResultRequest} from './download-result.js';
import type {Limit} from './fetch-task.js';
import {requestFacts} from './request-facts.js';
import type {Session} from './task-context.js';

export interface SaveRequest extends Omit<ResultRequest, 'target' | 'index' | 'output'> {
	/** Index of the task in the command, from 0. */
	index?: number;
	/** The only picture wanted, from 0. Default: all results of the task. */
	picture?: number | undefined;
	/** Where the only result goes, if that was clear before the task was looked up. */
	known?: Destination | undefined;
	/** Called with each destination that already holds its result. */
	onThere?: (file: string) => void;
	/** Values for file names, for a task that this command submitted. */
	facts?: NameFacts;
	/** Runs a download when there is room for it. */
	limit?: Limit;
}

/** A result at its path: the outcome of the download, or `skipped` when the file existed already. */
export type SavedFile = {file: string} & ({skipped: true} | ({skipped?: undefined} & FetchedResult));

/**
 * The journal records the first file of a task; the files beside it with matching names belong to the task as
 * well.
 */
const isOurs =
	({isSaved}: SharedResult, file: string, first: string): SharedResult['isSaved'] =>
	async () =>
		(await isSaved(first)) && (file === first || isFileThere(file));

/**
 * Saves the results of a finished task. All destinations are resolved first; then the files are downloaded
 * one after the other.
 * @returns the files, at least one, in the order of the results
 * @throws KlingError the errors of the destinations and of `fetchResult`
 */
export async function saveResults(
	session: Session,
	task: Task,
	destinations: Destinations,
	request: SaveRequest,
): Promise<SavedFile[]> {
	const {index = 0, picture, onThere, limit = (transfer) => transfer(), facts, known} = request;
	const all = destinations.usesFacts ? {...(await nameFacts(session, task)), ...facts} : facts;
	const wanted = known
		? [destinations.take(known, task.id)]
		: await destinations.all(task, request.type, picture ?? index, picture, all);
	const isNamedByUs = destinations.hasOwnExtension;
	const save = async ({file, isThere, isEmpty = false}: Destination, at: number): Promise<SavedFile> => {
		if (isThere) {
			const {removeLeftovers} = await import('../downloads/part/remove-leftovers.js');
			removeLeftovers(file);
			if (session.sidecar) {
				const {completeSidecar} = await import('./sidecar.js');
				const {type, format, watermark} = request;
				const first = wanted[0]?.file ?? file;
				await completeSidecar(session, task, {file, first, type, format, watermark});
			}
			onThere?.(file);
			return {file, skipped: true};
		}
		const fetched = await limit(() => {
			const first = wanted[0]?.file ?? file;
			const shared = request.shared && {...request.shared, isSaved: isOurs(request.shared, file, first)};
			const {type, format, watermark, connections, pace, checksum} = request;
			const force = isEmpty || request.force;
			const output = wanted.length > 1 ? destinations.output : undefined;
			const result = {target: file, type, format, watermark, index: picture ?? at, output, force};
			return fetchResult(session, task, {isNamedByUs, connections, pace, checksum, shared, ...result});
		});
		if (!fetched.isThere) return {file, ...fetched};
		onThere?.(file);
		return {file, skipped: true};
	};
	const files: SavedFile[] = [];
	for (const destination of wanted) files.push(await save(destination, files.length));
	return files;
}

/** What a file name can contain besides ids, from this machine's journal. */
async function nameFacts({journal}: Session, task: Task): Promise<NameFacts> {
	const entry = journal.find(task.id);
	const externalId = task.externalId ?? entry?.externalId;
	return {
		...(externalId && {external_id: externalId}),
		...(entry && requestFacts(entry.request, entry.model)),
	};
}
