/*
 * Loaded before the program (NODE_OPTIONS=--require), it simulates a file system that refuses some operations, below
 * the folder ODD_FOLDER. ODD_FS is JSON: for each call, the code that it fails with, or `ignore`. ODD_STATS is
 * JSON: fields to replace in the stats of files and folders.
 */
const fs = require('node:fs');
const path = require('node:path');
const {syncBuiltinESMExports} = require('node:module');

const folder = process.env.ODD_FOLDER;
const faults = JSON.parse(process.env.ODD_FS ?? '{}');
const claims = JSON.parse(process.env.ODD_STATS ?? '{}');

const opened = new Set();
const isBelow = (place) =>
	typeof place === 'number' ? opened.has(place) : path.resolve(String(place)).startsWith(folder);

function failure(code, call, place) {
	return Object.assign(new Error(`${code}: odd, ${call} '${place}'`), {code, syscall: call, path: place});
}

/** Makes a call fail, or do nothing. Its name is without `Sync`, as in the promises API. */
function replace(calls, call, wrap) {
	const original = calls[call];
	const code = faults[call.replace(/Sync$/, '')];
	if (original !== undefined && code !== undefined) calls[call] = wrap(original, code);
}

for (const call of [
	'link',
	'chmod',
	'fchmod',
	'fsync',
	'fdatasync',
	'symlink',
	'utimes',
	'rename',
	'statfs',
]) {
	replace(fs, `${call}Sync`, (original, code) => (place, ...rest) => {
		if (!isBelow(place)) return original(place, ...rest);
		if (code !== 'ignore') throw failure(code, call, place);
	});
	replace(fs, call, (original, code) => (place, ...rest) => {
		if (!isBelow(place)) return original(place, ...rest);
		setImmediate(rest.at(-1), code === 'ignore' ? null : failure(code, call, place));
	});
	replace(fs.promises, call, (original, code) => async (place, ...rest) => {
		if (!isBelow(place)) return original(place, ...rest);
		if (code !== 'ignore') throw failure(code, call, place);
	});
}

const {openSync} = fs;
fs.openSync = (place, ...rest) => {
	const descriptor = openSync(place, ...rest);
	if (isBelow(place)) opened.add(descriptor);
	else opened.delete(descriptor);
	return descriptor;
};

/** Replaces fields of stats, but not the kind of file. */
function claim(stats) {
	if (stats === undefined) return stats;
	const big = typeof stats.mode === 'bigint';
	const put = (number) => (big ? BigInt(number) : number);
	if (claims.mode !== undefined) {
		const kind = Number(stats.mode) & fs.constants.S_IFMT;
		stats.mode = put(kind | Number.parseInt(claims.mode, 8));
	}
	if (claims.uid !== undefined) stats.uid = put(claims.uid);
	if (claims.ino === 'random') stats.ino = put(Math.floor(Math.random() * 1e9));
	return stats;
}

for (const call of ['statSync', 'lstatSync', 'fstatSync']) {
	const original = fs[call];
	fs[call] = (place, ...rest) => {
		const stats = original(place, ...rest);
		return isBelow(place) ? claim(stats) : stats;
	};
}
for (const call of ['stat', 'lstat']) {
	const original = fs.promises[call];
	fs.promises[call] = async (place, ...rest) => {
		const stats = await original(place, ...rest);
		return isBelow(place) ? claim(stats) : stats;
	};
}
const {open} = fs.promises;
fs.promises.open = async (place, ...rest) => {
	const handle = await open(place, ...rest);
	if (!isBelow(place)) return handle;
	const stat = handle.stat.bind(handle);
	handle.stat = async (...options) => claim(await stat(...options));
	for (const [call, code] of [
		['sync', faults.fsync],
		['datasync', faults.fdatasync],
		['chmod', faults.fchmod],
	]) {
		if (code === undefined) continue;
		handle[call] = async () => {
			if (code !== 'ignore') throw failure(code, call, place);
		};
	}
	return handle;
};

syncBuiltinESMExports();
