'use strict';
/*
 * Loaded into a server for agents before the program: its tool calls then run in the processes that the tests share
 * (docs/decisions/0106), instead of in one each.
 */
const childProcess = require('node:child_process');
const {EventEmitter} = require('node:events');
const {syncBuiltinESMExports} = require('node:module');
const {connect} = require('node:net');
const {PassThrough} = require('node:stream');

const address = process.env.KLING_TEST_CALLS;
delete process.env.KLING_TEST_CALLS;

const {spawn} = childProcess;
childProcess.spawn = (file, words, options) => {
	// Any other program, such as ffmpeg.
	if (file !== process.execPath) return spawn(file, words, options);
	const [, ...args] = words;
	const {cwd, env} = options;
	const child = Object.assign(new EventEmitter(), {
		stdout: new PassThrough(),
		stderr: new PassThrough(),
		kill() {
			throw new Error('A call that is to be ended needs a process of its own: agent({alone: true})');
		},
	});
	const socket = connect(address, () => socket.end(JSON.stringify({args, cwd, env})));
	const chunks = [];
	socket.on('data', (chunk) => chunks.push(chunk));
	socket.on('error', (error) => child.emit('error', error));
	socket.on('end', () => {
		const {stdout, stderr} = JSON.parse(Buffer.concat(chunks).toString());
		child.stderr.end(stderr);
		child.stdout.end(stdout);
		// As a process does: when all that it wrote has been read.
		child.stdout.once('end', () => setImmediate(() => child.emit('close')));
	});
	return child;
};
syncBuiltinESMExports();
