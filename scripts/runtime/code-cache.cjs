'use strict';
/*
 * Stores the code that V8 compiled in an earlier run of the same command, in the user's cache folder:
 * docs/decisions/0012-one-file-and-a-code-cache.md. Whatever is wrong with the cache, the program runs without it.
 */
const fs = require('node:fs');
const path = require('node:path');
const {programFolder} = require('../../src/lib/system/folders.ts');

const days = 24 * 60 * 60 * 1000;
/** Undefined on Windows, where the location of the folder makes it the user's. */
const user = process.geteuid?.();

/** Which part of the program a command line uses: the command, `help`, `command-help`, or `other`. Each has its own cache. */
function kindOf(argv, commands) {
	const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
	if (own.length === 0) return 'help';
	// The help of one command uses more of the program than the list of commands.
	if (own.includes('--help') || own.includes('-h')) return own[0].startsWith('-') ? 'help' : 'command-help';
	const [first, second] = own.map((word) => (/^[a-z\d-]+$/.test(word) ? word : '-'));
	if (fs.existsSync(path.join(commands, first, `${second}.js`))) return `${first}-${second}`;
	return fs.existsSync(path.join(commands, `${first}.js`)) ? first : 'other';
}

/** V8 itself refuses code for other flags; the name prevents two sets of flags from overwriting each other's cache. */
function keyOf(mark) {
	const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ').trim();
	const hash = [...flags].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 0);
	return [process.version, process.arch, mark, ...(flags ? [hash.toString(16)] : [])].join('-');
}

/** Whether nobody but the user can have written it: V8 runs whatever a cache contains. */
function isOwn(stat) {
	return user === undefined || (stat.uid === user && (stat.mode & 0o022) === 0);
}

/*
 * The file: one line, then twice an index and the code of each part. V8 crashes on damaged code. Two identical copies are not
 * damaged, and comparing them takes a fiftieth of the time of a hash. The line ends in `trained` after a successful run.
 */
const lineOf = (key, trained) => `kling code ${key} ${trained ? 'trained' : 'partial'}\n`;

/** V8 copies code that does not start at a multiple of this. */
const alignment = 8;
const padding = (length) => (alignment - (length % alignment)) % alignment;

/** @param at position of the bytes in the file */
function pack(parts, at) {
	const index = JSON.stringify([...parts].map(([name, code]) => [name, code.length]));
	const head = `${index}${' '.repeat(padding(at + index.length + 1))}\n`;
	const codes = [...parts.values()].flatMap((code) => [code, Buffer.alloc(padding(code.length))]);
	return Buffer.concat([Buffer.from(head, 'latin1'), ...codes]);
}

function unpack(bytes) {
	const end = bytes.indexOf('\n') + 1;
	const parts = new Map();
	let at = end;
	for (const [name, length] of JSON.parse(bytes.toString('latin1', 0, end))) {
		parts.set(name, bytes.subarray(at, at + length));
		at += length + padding(length);
	}
	return parts;
}

/** @returns the code by the name of its part, and whether it is from a successful run; undefined if nothing can be used */
function readCache(file, key) {
	let descriptor;
	try {
		// A pipe in its place must not block.
		const {O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0} = fs.constants;
		descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
		const stat = fs.fstatSync(descriptor);
		if (!stat.isFile() || !isOwn(stat)) return undefined;
		const bytes = fs.readFileSync(descriptor);
		const line = bytes.toString('latin1', 0, lineOf(key, true).length);
		const trained = line === lineOf(key, true);
		if (!trained && line !== lineOf(key, false)) return undefined;
		const middle = (bytes.length + line.length) / 2;
		const packed = bytes.subarray(line.length, middle);
		return packed.equals(bytes.subarray(middle)) ? {parts: unpack(packed), trained} : undefined;
	} catch {
		return undefined;
	} finally {
		if (descriptor !== undefined) fs.closeSync(descriptor);
	}
}

/** Creates the folder, unless that would put a folder of ours into someone else's, as with sudo. */
function makeFolder(folder) {
	const missing = [];
	let above = folder;
	for (; !fs.existsSync(above); above = path.dirname(above)) missing.unshift(above);
	if (user !== undefined && fs.statSync(above).uid !== user) return false;
	// One by one: `recursive` never ends if a folder vanishes or refuses, as in /proc.
	for (const each of missing) if (!fs.existsSync(each)) fs.mkdirSync(each, {mode: 0o700});
	const stat = fs.lstatSync(folder);
	return stat.isDirectory() && isOwn(stat);
}

/** Removes caches of older versions, of this program and of Node, that are no longer written. */
function removeOld(folder) {
	for (const name of fs.readdirSync(folder)) {
		const file = path.join(folder, name);
		if (fs.statSync(file).mtimeMs < Date.now() - 30 * days) remove(file);
	}
}

function remove(file) {
	try {
		fs.unlinkSync(file);
	} catch {
		// It was never written, or another process has removed it.
	}
}

function writeCache(file, key, trained, parts) {
	const draft = `${file}.${process.pid}`;
	try {
		if (!makeFolder(path.dirname(file))) return;
		removeOld(path.dirname(file));
		const line = Buffer.from(lineOf(key, trained));
		const packed = pack(parts, line.length);
		fs.writeFileSync(draft, Buffer.concat([line, packed, packed]), {flag: 'wx', mode: 0o600});
		fs.renameSync(draft, file);
	} catch {
		remove(draft);
	}
}

/**
 * @param commands folder of the commands
 * @param mark what differs between two builds
 * @returns the stored code, by part, and a function that records the compiled scripts; undefined if nothing can be stored
 */
exports.openCache = (commands, mark) => {
	if (process.env.NODE_DISABLE_COMPILE_CACHE) return undefined;
	const key = keyOf(mark);
	const kind = kindOf(process.argv.slice(2), commands);
	const file = path.join(programFolder('cache'), 'code', `${key}-${kind}`);
	const kept = readCache(file, key);
	const scripts = new Map();
	let isRefused = false;
	let tag;
	const writeAtExit = () => {
		if (tag !== undefined) return;
		const {cachedDataVersionTag} = require('node:v8');
		tag = cachedDataVersionTag();
		process.on('exit', (status) => {
			const stopped = status > 128;
			// A command that has set V8 flags would leave code that no other run can use.
			if (stopped || cachedDataVersionTag() !== tag) return;
			const useful = isRefused ? undefined : kept;
			if (useful && status !== 0) return;
			const compiled = [...scripts].map(([name, script]) => [name, script.createCachedData()]);
			writeCache(file, key, status === 0, new Map([...(useful?.parts ?? []), ...compiled]));
		});
	};
	if (!kept?.trained) writeAtExit();
	return {
		codeOf: (name) => kept?.parts.get(name),
		add(name, script) {
			scripts.set(name, script);
			isRefused ||= script.cachedDataRejected === true;
			// A part that this command has not needed before, or that V8 does not accept.
			if (script.cachedDataRejected !== false) writeAtExit();
		},
	};
};
