import {realpath} from 'node:fs/promises';
import {waitForLock} from '../fs/lock-file.js';
import {makeFolder} from '../fs/make-folder.js';
import {systemClock} from '../system/clock.js';
import {notKept, onlyOwner, requireWritable, writePrivate} from './private-file.js';
import {type Config, configFile, readConfig} from './profiles.js';

/**
 * Milliseconds that a change waits for another process, which may itself wait for a keychain several times.
 */
const patienceMs = 15_000;

/** Undoes work that was done outside the profiles. */
type Undo = () => Promise<unknown>;

/**
 * Changes the profiles. Processes take turns, so that none overwrites the changes of another.
 * @param folder oclif's config folder
 * @param change receives the profiles and a function to register undo steps. Its changes to the profiles are
 * written unless it throws. If writing fails, the registered steps undo its other work.
 * @param patience milliseconds to wait for other processes
 * @returns what `change` returns
 * @throws KlingError `invalid_config`, `read_error`, `write_error`, `disk_full`; `file_busy` when other
 * processes take too long
 */
export async function changeConfig<T>(
	folder: string,
	change: (config: Config, onFailure: (undo: Undo) => void) => T | Promise<T>,
	patience = patienceMs,
): Promise<T> {
	const file = configFile(folder);
	try {
		makeFolder(folder, onlyOwner.folder);
	} catch (error) {
		throw notKept(error, file);
	}
	const lock = await waitForLock(`${file}.lock`, file, {
		clock: systemClock,
		deadline: systemClock.now() + patience,
		doing: 'changing',
		hint: 'Run the command again when that one has ended.',
	});
	try {
		const config = await readConfig(folder);
		// Follows a link instead of replacing it: people keep their settings in other places.
		const target = await realpath(file).catch(() => file);
		requireWritable(target);
		const undo: Undo[] = [];
		const result = await change(config, (step) => undo.unshift(step));
		try {
			await writePrivate(target, `${JSON.stringify(config, null, '\t')}\n`);
		} catch (error) {
			for (const step of undo) await step().catch(() => {});
			throw error;
		}
		return result;
	} finally {
		lock.release();
	}
}
