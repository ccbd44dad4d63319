'use strict';
/*
 * Runs command lines of the built program one after the other in this one process, because most of the time of
 * a short command is spent starting Node. Each gets its own environment, and the listeners that this process
 * started with. Its output is caught where it is written. One that exits by itself ends this process as well.
 */
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..', '..');
const {start} = require('../../dist/kling.js');

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

function catchOutput() {
	const output = {stdout: '', stderr: ''};
	for (const name of ['stdout', 'stderr']) {
		process[name].write = (chunk, encoding, done = encoding) => {
			output[name] += chunk.toString();
			if (typeof done === 'function') process.nextTick(done);
			return true;
		};
	}
	fs.writeSync = (descriptor, chunk, ...rest) => {
		if (descriptor !== 1 && descriptor !== 2) return writeSync(descriptor, chunk, ...rest);
		output[descriptor === 1 ? 'stdout' : 'stderr'] += chunk.toString();
		return Buffer.byteLength(chunk);
	};
	return output;
}

async function run({args, cwd, env}) {
	process.chdir(cwd);
	process.argv = [process.execPath, path.join(root, 'bin', 'run.js'), ...args];
	for (const name of Object.keys(process.env)) delete process.env[name];
	Object.assign(process.env, env);
	process.exitCode = undefined;
	const output = catchOutput();
	const forget = rememberListeners();
	let isLast = false;
	process.exit = (code = process.exitCode) => {
		isLast = true;
		process.send({code: code ?? 0, ...output, isLast}, () => process.reallyExit(0));
	};
	try {
		await start(root);
		await new Promise((resolve) => setImmediate(resolve));
	} finally {
		forget();
	}
	if (isLast) return;
	process.send({code: process.exitCode ?? 0, ...output, isLast});
	process.exitCode = undefined;
}

process.on('message', (job) => void run(job));
