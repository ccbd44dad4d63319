/*
 * Loaded before the program (NODE_OPTIONS=--require), it kills the process instead of its KILL_AT-th call that changes
 * something below the folder KILL_FOLDER. With KILL_CALL, only calls of that name count.
 */
const fs = require('node:fs');
const path = require('node:path');
const {syncBuiltinESMExports} = require('node:module');

const {KILL_FOLDER: folder, KILL_CALL: only, KILL_AT: last} = process.env;
const opened = new Set();
let count = 0;

const isBelow = (place) =>
	typeof place === 'number' ? opened.has(place) : path.resolve(String(place)).startsWith(folder);

function before(call, place) {
	if (!isBelow(place) || (only !== undefined && only !== call)) return;
	count++;
	if (count !== Number(last)) return;
	process.kill(process.pid, 'SIGKILL');
	// The signal may take a moment.
	for (;;);
}

const changes = [
	'link',
	'rename',
	'unlink',
	'rm',
	'mkdir',
	'write',
	'writeFile',
	'appendFile',
	'ftruncate',
	'close',
	'fsync',
	'fdatasync',
];
for (const call of changes) {
	for (const [calls, name] of [
		[fs, `${call}Sync`],
		[fs, call],
		[fs.promises, call],
	]) {
		const original = calls[name];
		if (original === undefined) continue;
		calls[name] = (place, ...rest) => {
			before(call, place);
			return original.call(calls, place, ...rest);
		};
	}
}

const {openSync} = fs;
fs.openSync = (place, flags, ...rest) => {
	const isForReading =
		flags === undefined || flags === 'r' || (typeof flags === 'number' && (flags & 3) === 0);
	if (!isForReading) before('open', place);
	const descriptor = openSync(place, flags, ...rest);
	if (isBelow(place) && !isForReading) opened.add(descriptor);
	else opened.delete(descriptor);
	return descriptor;
};

const {open} = fs.promises;
fs.promises.open = async (place, ...rest) => {
	if (rest[0] !== undefined && rest[0] !== 'r') before('open', place);
	return open(place, ...rest);
};

syncBuiltinESMExports();
