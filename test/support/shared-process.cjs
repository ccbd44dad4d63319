'use strict';
/*
 * Runs command lines of the built program one after the other in this one process, because most of the time of
 * a short command is spent starting Node. Each gets its own environment, and the listeners that this process
 * started with; its timers end with it. Its output is caught where it is written. One that exits by itself ends this
 * process as well.
 */
const fs = require('node:fs');
const path = require('node:path');
const {promisify} = require('node:util');

const root = path.join(__dirname, '..', '..');
const {start} = require('../../dist/kling.js');
const {complete} = require('../../dist/complete.js');

const emitters = [process, process.stdout, process.stderr];
const {writeSync} = fs;

/** Removes the listeners that are added from now on. */
function rememberListeners() {
	const known = emitters.map(
		(emitter) => new Map(emitter.eventNames().map((name) => [name, emitter.rawListeners(name)])),
	);
	return () => {
		for (const [index, emitter] of emitters.entries()) {
			for (const name of emitter.eventNames()) {
				for (const listener of emitter.rawListeners(name)) {
					if (!known[index].get(name)?.includes(listener)) emitter.removeListener(name, listener);
				}
			}
		}
	};
}

/** Ends the timers that are started from now on, as the end of a process would. */
function rememberTimers() {
	const timers = new Set();
	const {setTimeout: start} = globalThis;
	globalThis.setTimeout = Object.assign((...args) => {
		const timer = start(...args);
		timers.add(timer);
		return timer;
	}, start);
	globalThis.setTimeout[promisify.custom] = start[promisify.custom];
	return () => {
		globalThis.setTimeout = start;
		for (const timer of timers) clearTimeout(timer);
	};
}

function catchOutput() {
	const chunks = {stdout: [], stderr: []};
	for (const name of ['stdout', 'stderr']) {
		process[name].write = (chunk, encoding, done = encoding) => {
			chunks[name].push(Buffer.from(chunk));
			if (typeof done === 'function') process.nextTick(done);
			return true;
		};
	}
	fs.writeSync = (descriptor, chunk, ...rest) => {
		if (descriptor !== 1 && descriptor !== 2) return writeSync(descriptor, chunk, ...rest);
		chunks[descriptor === 1 ? 'stdout' : 'stderr'].push(Buffer.from(chunk));
		return Buffer.byteLength(chunk);
	};
	return () => {
		const texts = {stdout: '', stderr: ''};
		for (const name of ['stdout', 'stderr']) texts[name] = Buffer.concat(chunks[name]).toString();
		return texts;
	};
}

async function run({args, cwd, env}) {
	process.chdir(cwd);
	process.argv = [process.execPath, path.join(root, 'bin', 'run.js'), ...args];
	for (const name of Object.keys(process.env)) delete process.env[name];
	Object.assign(process.env, env);
	process.exitCode = undefined;
	const output = catchOutput();
	const forget = rememberListeners();
	const endTimers = rememberTimers();
	let isLast = false;
	process.exit = (code = process.exitCode) => {
		isLast = true;
		process.send({code: code ?? 0, ...output(), isLast}, () => process.reallyExit(0));
	};
	try {
		await (args[0] === '__complete' ? complete(root, args.slice(1)) : start(root));
		await new Promise((resolve) => setImmediate(resolve));
	} finally {
		forget();
		endTimers();
	}
	if (isLast) return;
	process.send({code: process.exitCode ?? 0, ...output(), isLast});
	process.exitCode = undefined;
}

// The tests have ended, or were ended.
process.on('disconnect', () => process.reallyExit(0));
process.on('message', (job) => void run(job));
