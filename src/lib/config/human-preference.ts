import {readFileSync} from 'node:fs';
import path from 'node:path';

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
		const {current, profiles} = JSON.parse(readFileSync(path.join(folder, 'config.json'), 'utf8'));
		const usual = current === undefined ? 'default' : current;
		const name = profile ?? (env.KLING_PROFILE?.trim() || usual);
		return name !== null && Object.hasOwn(profiles, name) && profiles[name].human === true;
	} catch {
		return false;
	}
}
