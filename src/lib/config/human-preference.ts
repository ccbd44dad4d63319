import {readFileSync} from 'node:fs';
import path from 'node:path';

/**
 * Whether the profile of a command wishes for text instead of JSON. Errors need it as well, at any time, so it does
 * not wait; and a file that is broken is for others to tell of.
 * @param folder oclif's config folder
 * @param argv the words of the command
 */
export function profilePrefersHuman(folder: string, argv: readonly string[]): boolean {
	try {
		const {current, profiles} = JSON.parse(readFileSync(path.join(folder, 'config.json'), 'utf8'));
		const usual = current === undefined ? 'default' : current;
		const name = flagOf(argv) ?? (process.env.KLING_PROFILE?.trim() || usual);
		return name !== null && Object.hasOwn(profiles, name) && profiles[name].human === true;
	} catch {
		return false;
	}
}

function flagOf(argv: readonly string[]): string | undefined {
	const at = argv.findIndex((word) => /^--profile(=|$)/.test(word));
	return at < 0 ? undefined : argv[at]?.slice('--profile='.length) || argv[at + 1];
}
