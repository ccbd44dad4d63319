/*
 * Reads what scripts/lazy-manifest.js wrote: the manifest for oclif, in which the texts and the flags of a command are read
 * when they are needed.
 */
const {readFileSync} = require('node:fs');
const path = require('node:path');

const readJson = (...parts) => JSON.parse(readFileSync(path.join(...parts), 'utf8'));

/** A property that `find` looks up when it is first read. */
function lateProperty(name, find) {
	const replace = (object, value) =>
		Object.defineProperty(object, name, {value, enumerable: true, configurable: true, writable: true});
	return {
		enumerable: true,
		configurable: true,
		get() {
			const value = find(this);
			replace(this, value);
			return value;
		},
		set(value) {
			replace(this, value);
		},
	};
}

/** What the commands have in common: the properties that are read lazily. */
function commonPart(root, {details, texts}) {
	let lines;
	const textsOf = ({relativePath}) => {
		lines ??= readJson(root, 'dist', 'texts.json');
		return lines[relativePath.join('/')] ?? {};
	};
	const files = new Map();
	const detailsOf = ({relativePath}) => {
		const file = path.join(root, ...relativePath).replace(/\.m?js$/, '.json');
		if (!files.has(file)) files.set(file, readJson(file));
		return files.get(file);
	};
	const common = {};
	for (const name of details)
		Object.defineProperty(
			common,
			name,
			lateProperty(name, (command) => detailsOf(command)[name]),
		);
	for (const name of texts)
		Object.defineProperty(
			common,
			name,
			lateProperty(name, (command) => textsOf(command)[name]),
		);
	return common;
}

/** @returns the manifest of the program; undefined if the build wrote none */
exports.readManifest = (root) => {
	try {
		const {version, commands, ...parts} = readJson(root, 'dist', 'manifest.json');
		const common = commonPart(root, parts);
		for (const command of Object.values(commands)) Object.setPrototypeOf(command, common);
		return {version, commands};
	} catch {
		return undefined;
	}
};

/** A copy that is as lazy as the original. */
exports.copyOf = (command, changes) =>
	Object.assign(Object.create(Object.getPrototypeOf(command)), command, changes);

/** The topic that a command belongs to, if nothing else describes it. */
exports.topicOf = (name, command) =>
	Object.defineProperty(
		{name},
		'description',
		lateProperty('description', () => command.summary || command.description),
	);
