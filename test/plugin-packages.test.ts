import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';

/** Written when the package is packed. */
const manifest = 'oclif.manifest.json';

test.each(readdirSync('plugins'))('every file that the package of plugin %s lists exists', (name) => {
	// Otherwise `kling plugins install` warns that the plugin may not work. It does not know patterns.
	const folder = path.join('plugins', name);
	const {files = []} = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
	const listed = (files as string[]).filter((file) => file !== manifest);
	expect(listed.filter((file) => !existsSync(path.join(folder, file)))).toEqual([]);
});
