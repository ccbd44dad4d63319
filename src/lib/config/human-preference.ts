import path from 'node:path';
import {readRegularFile} from '../fs/regular-file.js';

/**
 * Whether the profile asks for text instead of JSON. It is read synchronously, because errors need it at any
 * time. A broken file is reported elsewhere.
 * @param folder oclif's config folder
 * @param profile the value of --profile
 * @param env may select another profile through KLING_PROFILE
 */
export function profilePrefersHuman(
	folder: string,
	profile: string | undefined,
	env: Readonly<Record<string, string | undefined>>,
): boolean {
	try {
		const {current, profiles} = JSON.parse(readRegularFile(path.join(folder, 'config.json'), 1_000_000));
		const usual = current === undefined ? 'default' : current;
		const name = profile ?? (env.KLING_PROFILE?.trim() || usual);
		return name !== null && Object.hasOwn(profiles, name) && profiles[name].human === true;
	} catch {
		return false;
	}
}
