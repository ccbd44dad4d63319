import {existsSync, mkdirSync, rmdirSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';

const waitMs = 20;

/**
 * Makes something that takes long and never changes, which the test files of a run share: the first one that needs it
 * makes it, and the others wait.
 * @param name of a folder in the temporary folder of the run
 * @param make fills the folder, which exists
 * @returns the folder
 */
export async function onceInRun(
	name: string,
	make: (folder: string) => void | Promise<void>,
): Promise<string> {
	const folder = path.join(tmpdir(), `once-${name}`);
	const complete = `${folder}.complete`;
	while (!existsSync(complete)) {
		if (!claim(`${folder}.claimed`)) {
			await setTimeout(waitMs);
			continue;
		}
		try {
			mkdirSync(folder, {recursive: true});
			await make(folder);
			writeFileSync(complete, '');
		} finally {
			// The next file tries again if this one failed.
			rmdirSync(`${folder}.claimed`);
		}
	}
	return folder;
}

/** Whether this is the only process that has it. */
function claim(folder: string): boolean {
	try {
		mkdirSync(folder);
		return true;
	} catch {
		return false;
	}
}
