import type {SharedResult} from '../downloads/options.js';
import type {TaskName} from '../task-types/registry.js';
import type {Destinations, KnownIds, NameFacts} from './destinations.js';
import {notYetNamed} from './external-ids.js';
import {picturesOf, requestFacts} from './request-facts.js';
import {sidecarEnd} from './sidecar-name.js';
import type {Session} from './task-context.js';

/** A task that is yet to be submitted, and whose result is to be saved. */
export interface PlaceRequest {
	/** File, folder or template. */
	download: string;
	externalId: string | undefined;
	/** As far as it is known. */
	body: Record<string, unknown>;
	/** Unix milliseconds until which to wait for a process that downloads the same result. */
	deadline: number;
}

/** The destination of a task's result. */
export interface Place {
	/** The files that are held. */
	held: readonly string[];
	destinations: Destinations;
	/** Undefined without an external id, since only that links processes. */
	shared: SharedResult | undefined;
	/** Values for file names. */
	facts: NameFacts;
}

/**
 * Checks that a result can be saved at its destination, so that nothing is paid for in vain. The file is held
 * until the session releases it, so that no other process pays for a result with the same destination.
 * @throws KlingError the errors of the destinations, `checkPlace` and `HeldFiles`
 */
export async function reserveDestination(
	session: Session,
	type: TaskName,
	{download: output, externalId, body, deadline}: PlaceRequest,
): Promise<Place> {
	const {clock, types, journal, heldFiles} = session;
	const [{createDestinations}, {checkPlace}, entry] = await Promise.all([
		import('./destinations.js'),
		import('../downloads/part/check-place.js'),
		externalId === undefined ? undefined : journal.find(externalId),
	]);
	const shared = sharedResult(session, externalId, deadline);
	const isSaved = shared?.isSaved ?? (async () => false);
	const destinations = createDestinations({output, clock, types, flag: '--download', isSaved});
	const facts = {external_id: externalId ?? notYetNamed, ...requestFacts(body)};
	const known: KnownIds = {...entry, facts};
	const place = {destinations, shared, facts};
	const held: string[] = [];
	const sideEnd = session.sidecar ? sidecarEnd : undefined;
	for (let picture = 0; picture < picturesOf(body); picture++) {
		const wanted = await destinations.beforeTask(type, known, picture);
		// The first result of this very task exists, so the files beside it with matching names belong to the
		// task as well.
		if (wanted.isThere) break;
		if (destinations.isShared(known)) {
			await heldFiles.hold(session, wanted.file, externalId);
			held.push(wanted.file);
		}
		// Whoever held it before may have put a file there.
		const {file, isThere} = await destinations.beforeTask(type, known, picture);
		if (isThere) break;
		await checkPlace(file, {sideEnd, isShared: externalId !== undefined});
	}
	return {...place, held};
}

/**
 * Lets a process use the file that another one, running the same line at the same time, has fetched for the same task. An existing file
 * is accepted if the journal says that this task saved it.
 * @returns undefined without an external id, which such processes share
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
				const known = journal.find(externalId);
				return known?.savedFile === file && known.savedBytes === bytes;
			};
			if (await isKnown()) return true;
			const {afterDownload} = await import('../downloads/part/open-part.js');
			// A process that has just put the file there is about to say so.
			return (await afterDownload(file, {clock, signal, deadline})) && isKnown();
		},
	};
}
