#!/usr/bin/env node
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.join(__dirname, '..');

/** Answers `--version` in oclif's words, without oclif. False where oclif must: in WSL, or when stdout fails. */
function tellVersion() {
	if (/microsoft/i.test(os.release())) return false;
	const {name, version} = require('../package.json');
	const line = `${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`;
	try {
		return fs.writeSync(1, line) === line.length;
	} catch {
		return false;
	}
}

if (process.argv[2] === '__complete') {
	// A shell asks at each TAB: docs/decisions/0015-completion.md.
	void require('../dist/complete.js').complete(root, process.argv.slice(3));
} else if (process.argv[2] !== '--version' || !tellVersion()) {
	const {loadProgram} = require('./code-cache.js');
	void loadProgram(root).start(root);
}
