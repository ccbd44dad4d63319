/*
 * Whether a build would change anything. Times of files say little: a checkout changes them, and a copy keeps them.
 */
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';

/** What a build reads. npm writes the last one, and changes it with each package that it installs. */
const inputs = [
	'src',
	'scripts',
	'package.json',
	'oclif.manifest.json',
	'tsconfig.json',
	'node_modules/.package-lock.json',
];

/** All files in a folder, or the file itself. */
function filesIn(place) {
	if (!statSync(place).isDirectory()) return [place];
	return readdirSync(place, {withFileTypes: true, recursive: true})
		.filter((entry) => entry.isFile())
		.map((entry) => path.join(entry.parentPath, entry.name))
		.sort();
}

/**
 * @param dist folder of what was built
 * @param stamp the file there that keeps the fingerprint, which is not part of it
 * @returns a hash of the names and contents of everything that a build reads and writes
 */
export function fingerprint(root, dist, stamp) {
	const hash = createHash('sha256');
	const places = [...inputs.map((name) => path.join(root, name)), dist].filter((place) => existsSync(place));
	for (const file of places.flatMap(filesIn)) {
		if (file === stamp) continue;
		const content = readFileSync(file);
		hash.update(`${path.relative(root, file)}\0${content.length}\0`).update(content);
	}
	return hash.digest('hex');
}
