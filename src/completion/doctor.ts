import {type Finding, fine, warning} from '../lib/account/finding.js';
import {ownName} from './own-name.js';
import {isSetUp} from './setup-files.js';
import {findStartFiles} from './start-files.js';

/** Where oclif's cache is, and the user's start files. */
interface Folders {
	cacheDir: string;
	home: string;
}

/**
 * Whether the files are there that the start files of shells load. Without them TAB completes nothing, and no shell says so.
 */
export async function checkCompletion({cacheDir, home}: Folders, env: NodeJS.ProcessEnv): Promise<Finding> {
	const own = ownName();
	const found = await findStartFiles(home, env);
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
	return fine(
		'completion',
		shells.length > 0 ? `Set up for ${shells.join(', ')}` : `Not set up; to do so: ${own} autocomplete`,
	);
}
