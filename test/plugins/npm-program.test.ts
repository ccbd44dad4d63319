import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {beforeEach, expect, test} from 'vitest';
import {pluginFailure} from '../../src/plugins/npm-errors.js';
import {requireNpm} from '../../src/plugins/npm-program.js';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'kling-npm-program-'));
});

/** A file of a program that is installed as `npm i -g` does it. */
function installed(): string {
	const program = path.join(folder, 'lib', 'node_modules', 'kling-cli', 'dist');
	mkdirSync(program, {recursive: true});
	return pathToFileURL(path.join(program, 'kling.js')).href;
}

const missing = {
	code: 'command_not_started',
	message: 'The program npm is not installed',
	details: {hint: expect.stringContaining('comes with Node')},
};

test('npm is found beside the program', () => {
	const from = installed();
	const npm = path.join(folder, 'lib', 'node_modules', 'npm');
	mkdirSync(npm);
	writeFileSync(path.join(npm, 'package.json'), '{"name": "npm"}');
	expect(() => requireNpm({from, env: {}, platform: 'linux'})).not.toThrow();
});

test.each<[NodeJS.Platform, string, string]>([
	['linux', 'PATH', 'npm'],
	['win32', 'Path', 'npm.cmd'],
])('npm is found on the path of %s', (platform, variable, file) => {
	writeFileSync(path.join(folder, file), '');
	const env = {[variable]: ['/nowhere', folder].join(path.delimiter)};
	expect(() => requireNpm({from: installed(), env, platform})).not.toThrow();
});

test('without npm, the error names it and how to get it', () => {
	for (const env of [{}, {PATH: ''}, {PATH: folder}]) {
		expect(() => requireNpm({from: installed(), env, platform: 'linux'})).toThrow(
			expect.objectContaining(missing),
		);
	}
});

test('so does the error of oclif’s plugin, for npm and for yarn', () => {
	expect(pluginFailure(new Error('not found: npm'), undefined)).toMatchObject(missing);
	expect(pluginFailure(new Error('not found: yarn'), undefined)).toMatchObject({
		code: 'command_not_started',
		message: 'The program yarn is not installed',
		details: {hint: expect.stringContaining('--no-install')},
	});
});
