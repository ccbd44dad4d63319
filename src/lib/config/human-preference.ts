import {readFileSync} from 'node:fs';
import path from 'node:path';

/**
 * Whether the profile of a command wishes for text instead of JSON. Errors need it as well, at any time, so it does
 * not wait; and a file that is broken is for others to tell of.
 * @param folder oclif's config folder
 * @param profile as --profile names it
 * @param env where KLING_PROFILE may name it otherwise
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
