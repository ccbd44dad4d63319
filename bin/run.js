#!/usr/bin/env node
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');

/** Handles `--version` in oclif's format, without oclif. Returns false if oclif must do it: in WSL, or if stdout fails. */
function tellVersion() {
	if (/microsoft/i.test(require('node:os').release())) return false;
	const {name, version} = require('../package.json');
	const line = `${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`;
	try {
		return fs.writeSync(1, line) === line.length;
	} catch {
		return false;
	}
}

/** Prints what to run in a clone that was installed without its scripts, or without the build packages. */
function tellNotBuilt() {
	const error = {
		code: 'internal_error',
		message: 'kling is not built: dist/kling.js is missing',
		hint: `Run this in ${root}: npm ci --include=dev && npm run build`,
		retryable: false,
	};
	console.log(JSON.stringify({success: false, error}, null, 2));
	process.exitCode = 1;
}

const [, , first, ...rest] = process.argv;
if (first === '--version' && tellVersion()) {
	// That is all.
} else if (!fs.existsSync(path.join(root, 'dist', 'kling.js'))) {
	// A shell that asks for completions shows whatever is printed.
	if (first !== '__complete') tellNotBuilt();
} else if (first === '__complete') {
	// Shells ask at each TAB: docs/decisions/0015-completion.md.
	void require('../dist/complete.js').complete(root, rest);
} else {
	void require('../dist/kling.js').start(root);
}
