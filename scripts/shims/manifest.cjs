/*
 * Reads what scripts/late-manifest.js wrote: the manifest for oclif, in which the flags of a command are read when they are
 * needed.
 */
const {readFileSync} = require('node:fs');
const path = require('node:path');

const readJson = (...parts) => JSON.parse(readFileSync(path.join(...parts), 'utf8'));

/** A property that replaces itself, and its siblings, with the content of the command's file. */
function lateProperty(root, details, name) {
	return {
		enumerable: true,
		configurable: true,
		get() {
			const file = path.join(root, ...this.relativePath).replace(/\.m?js$/, '.json');
			const found = readJson(file);
			for (const each of details) this[each] = found[each];
			return found[name];
		},
		set(value) {
			Object.defineProperty(this, name, {value, enumerable: true, configurable: true, writable: true});
		},
	};
}

/** @returns the manifest of the program; undefined if the build wrote none */
exports.readManifest = (root) => {
	try {
		const {version, details, commands} = readJson(root, 'dist', 'manifest.json');
		const late = Object.fromEntries(details.map((name) => [name, lateProperty(root, details, name)]));
		for (const command of Object.values(commands)) Object.defineProperties(command, late);
		return {version, commands};
	} catch {
		return undefined;
	}
};

/** A copy that is as lazy as the original. */
exports.copyOf = (command, changes) =>
	Object.defineProperties(
		Object.defineProperties({}, Object.getOwnPropertyDescriptors(command)),
		Object.getOwnPropertyDescriptors(changes),
	);
