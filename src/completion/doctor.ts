import {type Finding, passed, warning} from '../lib/account/finding.js';
import {programName} from './program-name.js';
import {isSetUp} from './setup-files.js';
import {findStartFiles} from './start-files.js';

/** oclif's cache folder, and the user's home folder with the start files. */
interface Folders {
	cacheDir: string;
	home: string;
}

/**
 * Checks that the files loaded by the shells' start files exist. Without them, TAB silently completes
 * nothing.
 */
export async function checkCompletion({cacheDir, home}: Folders, env: NodeJS.ProcessEnv): Promise<Finding> {
	const own = programName();
	const found = findStartFiles(home, env);
	const lost: string[] = [];
	for (const {shell, file} of found) {
		if (!(await isSetUp(shell, {cacheDir, own}))) lost.push(file);
	}
	if (lost.length > 0) {
		return warning(
			'completion',
			`${lost.join(' and ')} would load completion from ${cacheDir}, but it is no longer there`,
			`${own} autocomplete --refresh-cache`,
		);
	}
	const shells = [...new Set(found.map(({shell}) => shell))];
	return passed(
		'completion',
		shells.length > 0 ? `Set up for ${shells.join(', ')}` : `Not set up; to do so: ${own} autocomplete`,
	);
}
