import type {Task} from '../api/task.js';
import type {SharedResult} from '../downloads/options.js';
import {hasOwnExtension, isThere} from '../downloads/output-path.js';
import type {Destination, Destinations, NameFacts} from './destinations.js';
import {type FetchedResult, fetchResult, type ResultRequest} from './download-result.js';
import type {Limit} from './fetch-task.js';
import {requestFacts} from './request-facts.js';
import type {Session} from './task-context.js';

export interface SaveRequest extends Omit<ResultRequest, 'target' | 'index' | 'output'> {
	/** Of the task in the command, from 0. */
	index?: number;
	/** The only picture wanted, from 0; left out, all results of the task are. */
	picture?: number | undefined;
	/** Called with a destination that holds the result already. */
	onThere?: (file: string) => void;
	/** What names can hold, of a task that this command submitted. */
	facts?: NameFacts;
	/** Runs a transfer when there is room for it. */
	limit?: Limit;
}

/** A result at its path: what became of the transfer, or `skipped` where the file was there. */
export type SavedFile = {file: string} & ({skipped: true} | ({skipped?: undefined} & FetchedResult));

/** The journal knows where the first file of a task is; what lies beside it is also the task's. */
const isOurs =
	({isSaved}: SharedResult, file: string, first: string): SharedResult['isSaved'] =>
	async () =>
		(await isSaved(first)) && (file === first || isThere(file));

/**
 * Saves the results of a finished task: finds out where each of them goes, and only then fetches one after the other.
 * @returns the files, at least one, in the order of the results
 * @throws KlingError as the destinations and fetchResult do
 */
export async function saveResults(
	session: Session,
	task: Task,
	destinations: Destinations,
	{index = 0, picture, onThere, limit = (transfer) => transfer(), facts, ...request}: SaveRequest,
): Promise<SavedFile[]> {
	const all = {...(await nameFacts(session, task)), ...facts};
	const wanted = await destinations.all(task, request.type, picture ?? index, picture, all);
	const several = wanted.length > 1 && {output: destinations.output};
	const isNamedByUs = hasOwnExtension(destinations.output);
	const save = async ({file, isEmpty = false, ...place}: Destination, at: number): Promise<SavedFile> => {
		if (place.isThere) {
			const {tidyBeside} = await import('../downloads/part/tidy.js');
			tidyBeside(file);
			onThere?.(file);
			return {file, skipped: true};
		}
		const first = wanted[0]?.file ?? file;
		const shared = request.shared && {...request.shared, isSaved: isOurs(request.shared, file, first)};
		const about = {...request, ...several, target: file, index: picture ?? at, isNamedByUs, shared};
		if (isEmpty) about.force = true;
		const {isThere: isSaved, ...fetched} = await limit(() => fetchResult(session, task, about));
		if (!isSaved) return {file, ...fetched};
		onThere?.(file);
		return {file, skipped: true};
	};
	const files: SavedFile[] = [];
	for (const [at, destination] of wanted.entries()) files.push(await save(destination, at));
	return files;
}

/** What a name can say of a task beside its ids: the journal of this machine knows it. */
async function nameFacts({journal}: Session, task: Task): Promise<NameFacts> {
	const entry = await journal.find(task.id);
	const externalId = task.externalId ?? entry?.externalId;
	return {
		...(externalId && {external_id: externalId}),
		...(entry && requestFacts(entry.request, entry.model)),
	};
}
