import {realpath} from 'node:fs/promises';
import {fileError} from '../fs/file-errors.js';
import {waitForLock} from '../fs/lock-file.js';
import {makeFolder} from '../fs/make-folder.js';
import {systemClock} from '../system/clock.js';
import {onlyOwner, writePrivate} from './private-file.js';
import {type Config, configFile, readConfig} from './profiles.js';

/** Milliseconds that a change waits for another one, which may itself wait for a keychain, several times. */
const patienceMs = 15_000;

/**
 * Changes the profiles, one process after the other, so that none writes over what another has just changed.
 * @param folder oclif's config folder
 * @param change what it does to the profiles is written, unless it throws
 * @param patience milliseconds to wait for the others
 * @returns what `change` returns
 * @throws KlingError `invalid_config`, `read_error`, `write_error`, `disk_full`; `file_busy` when others take too long
 */
export async function changeConfig<T>(
	folder: string,
	change: (config: Config) => T | Promise<T>,
	patience = patienceMs,
): Promise<T> {
	const file = configFile(folder);
	try {
		makeFolder(folder, onlyOwner.folder);
	} catch (error) {
		throw fileError(error, file);
	}
	const lock = await waitForLock(`${file}.lock`, file, {
		clock: systemClock,
		deadline: systemClock.now() + patience,
		doing: 'changing',
		hint: 'Run the command again when that one has ended.',
	});
	try {
		const config = await readConfig(folder);
		const result = await change(config);
		await writeConfig(file, config);
		return result;
	} finally {
		lock.release();
	}
}

/** Writes all profiles. A link is kept: people hold their settings in other places. */
async function writeConfig(file: string, config: Config): Promise<void> {
	const target = await realpath(file).catch(() => file);
	await writePrivate(target, `${JSON.stringify(config, null, '\t')}\n`);
}
