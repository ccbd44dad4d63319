'use strict';
/*
 * Loads the program with the code that V8 compiled in an earlier run of the same command, kept in the user's cache
 * folder: docs/decisions/0012-one-file-and-a-code-cache.md. Whatever is wrong with the cache, the program runs without.
 */
const fs = require('node:fs');
const {createRequire, Module} = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const days = 24 * 60 * 60 * 1000;
/** Undefined on Windows, where the folder belongs to the user by its place. */
const user = process.geteuid?.();

/** What of the program a command line uses: the command, `help`, `command-help`, or `other`. Each has a cache of its own. */
function kindOf(argv, commands) {
	const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
	if (own.length === 0) return 'help';
	// The help of a command uses more of the program than that of all commands.
	if (own.includes('--help') || own.includes('-h')) return own[0].startsWith('-') ? 'help' : 'command-help';
	const [first, second] = own.map((word) => (/^[a-z\d-]+$/.test(word) ? word : '-'));
	if (fs.existsSync(path.join(commands, first, `${second}.js`))) return `${first}-${second}`;
	return fs.existsSync(path.join(commands, `${first}.js`)) ? first : 'other';
}

/** V8 refuses code of other flags itself; the name keeps two sets of flags from taking turns in overwriting it. */
function keyOf(mark) {
	const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ').trim();
	const hash = [...flags].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 0);
	return [process.version, process.arch, mark, ...(flags ? [hash.toString(16)] : [])].join('-');
}

/** Whether nobody but the user can have written it: V8 runs what it finds in a cache. */
function isOwn(stat) {
	return user === undefined || (stat.uid === user && (stat.mode & 0o022) === 0);
}

/*
 * The file: a line, then the code twice. V8 crashes on damaged code; two copies that are the same are not damaged, and
 * comparing them takes a fiftieth of the time of a hash. The line ends in `trained` after a run that did its work.
 */
const lineOf = (key, trained) => `kling code ${key} ${trained ? 'trained' : 'partial'}\n`;

/** @returns the code and whether it is from a run that did its work; undefined when there is none that can be used */
function readCache(file, key) {
	let descriptor;
	try {
		// A pipe in its place is not waited for.
		const {O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0} = fs.constants;
		descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
		const stat = fs.fstatSync(descriptor);
		if (!stat.isFile() || !isOwn(stat)) return undefined;
		const bytes = fs.readFileSync(descriptor);
		const line = bytes.toString('latin1', 0, lineOf(key, true).length);
		const trained = line === lineOf(key, true);
		if (!trained && line !== lineOf(key, false)) return undefined;
		const middle = (bytes.length + line.length) / 2;
		const code = bytes.subarray(line.length, middle);
		return code.equals(bytes.subarray(middle)) ? {code, trained} : undefined;
	} catch {
		return undefined;
	} finally {
		if (descriptor !== undefined) fs.closeSync(descriptor);
	}
}

/** Makes the folder, unless that would put a folder of ours into one of somebody else's, as with sudo. */
function makeFolder(folder) {
	const missing = [];
	let above = folder;
	for (; !fs.existsSync(above); above = path.dirname(above)) missing.unshift(above);
	if (user !== undefined && fs.statSync(above).uid !== user) return false;
	// One by one: `recursive` goes on for ever where a folder vanishes or refuses, as /proc does.
	for (const each of missing) if (!fs.existsSync(each)) fs.mkdirSync(each, {mode: 0o700});
	const stat = fs.lstatSync(folder);
	return stat.isDirectory() && isOwn(stat);
}

/** Caches of older versions, of this program and of Node, that nobody writes any more. */
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
		// It was never written, or somebody else has removed it.
	}
}

function writeCache(file, key, trained, code) {
	const draft = `${file}.${process.pid}`;
	try {
		if (!makeFolder(path.dirname(file))) return;
		removeOld(path.dirname(file));
		fs.writeFileSync(draft, Buffer.concat([Buffer.from(lineOf(key, trained)), code, code]), {
			flag: 'wx',
			mode: 0o600,
		});
		fs.renameSync(draft, file);
	} catch {
		remove(draft);
	}
}

/** Leaves the cache behind when the process ends by itself. */
function writeAtExit(script, file, key, partial) {
	const {cachedDataVersionTag} = require('node:v8');
	const tag = cachedDataVersionTag();
	process.on('exit', (status) => {
		const stopped = status > 128;
		// A command that has set flags of V8 would leave code that no other run can use.
		if (stopped || cachedDataVersionTag() !== tag || (partial && status !== 0)) return;
		writeCache(file, key, status === 0, script.createCachedData());
	});
}

/** @returns the exports of dist/kling.js, which are the same for whoever requires that file later */
exports.loadProgram = (root) => {
	const file = path.join(root, 'dist', 'kling.js');
	// The file is ASCII, which is read fastest as what it is.
	const source = fs.readFileSync(file, 'latin1');
	const mark = source.slice(2, 18);
	const key = keyOf(mark);
	const kind = kindOf(process.argv.slice(2), path.join(root, 'dist', 'commands'));
	const {programFolder} = require('../dist/folders.js');
	const cacheFile = path.join(programFolder('cache'), 'code', `${key}-${kind}`);
	const cached = process.env.NODE_DISABLE_COMPILE_CACHE ? undefined : readCache(cacheFile, key);

	const script = new vm.Script(
		`(function (exports, require, module, __filename, __dirname, importFromOutside) {${source}\n})`,
		{filename: file, cachedData: cached?.code},
	);
	const used = cached !== undefined && !script.cachedDataRejected;
	if (!process.env.NODE_DISABLE_COMPILE_CACHE && !(used && cached.trained)) {
		writeAtExit(script, cacheFile, key, used);
	}
	const program = new Module(file, module);
	program.filename = file;
	require.cache[file] = program;
	const run = script.runInThisContext();
	run.call(
		program.exports,
		program.exports,
		createRequire(file),
		program,
		file,
		path.dirname(file),
		(specifier) => import(specifier),
	);
	program.loaded = true;
	return program.exports;
};
