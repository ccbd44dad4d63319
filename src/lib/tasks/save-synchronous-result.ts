import type {Task} from '../api/task.js';
import type {ResultFormat} from '../media/result-format.js';
import type {TaskName} from '../task-types/registry.js';
import {createDestinations, type Destinations} from './destinations.js';
import {saveResults} from './save-results.js';
import type {Session} from './task-context.js';

/** Where to save a result that arrives in the response itself. */
export const destinationFor = (
	{clock, types}: Pick<Session, 'clock' | 'types'>,
	output: string,
	force: boolean,
): Destinations => createDestinations({output, clock, types, force});

/**
 * Checks, before anything is paid for, that a result can be saved there, and holds the file until the session
 * releases it.
 * @throws KlingError the errors of `resolveOutputPath`, `checkPlace` and `HeldFiles`
 */
export async function checkOutput(
	session: Session,
	destinations: Destinations,
	type: TaskName,
): Promise<void> {
	const {checkPlace} = await import('../downloads/part/check-place.js');
	const {file: wanted} = await destinations.beforeTask(type, {});
	if (destinations.isShared({})) await session.heldFiles.hold(session, wanted);
	// The previous holder may have put a file there.
	const {file} = await destinations.beforeTask(type, {});
	await checkPlace(file);
}

/** Saves the only result of such a request and returns its path. */
export async function saveSynchronousResult(
	session: Session,
	task: Task,
	destinations: Destinations,
	request: {type: TaskName; format: ResultFormat; force: boolean},
): Promise<string | undefined> {
	const [saved] = await saveResults(session, task, destinations, {...request, watermark: false});
	return saved?.file;
}
