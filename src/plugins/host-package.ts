import {mkdir, readFile, rm, symlink} from 'node:fs/promises';
import path from 'node:path';
import type {Interfaces} from '@oclif/core';
import {writeAtomically} from '../lib/fs/write-atomic.js';

/** The running program, and where its data is. */
export type Program = Pick<Interfaces.Config, 'dataDir' | 'name' | 'version'>;

/**
 * The global symbol under which the running program exposes its modules to plugins; see
 * docs/decisions/0016-plugins.md.
 */
const handOver = Symbol.for('kling-cli');

/**
 * Puts a package `kling-cli` into the folder where npm installs plugins. It contains no program but
 * re-exports the modules of the one that is running. npm accepts it as the plugins' peer dependency, so it
 * downloads no second copy.
 */
export async function writeHostPackage(program: Program): Promise<void> {
	const {dataDir, name} = program;
	const file = path.join(dataDir, 'package.json');
	const home = await readHome(file);
	// If the list cannot be read, the command that follows tells the user, who must fix it.
	if (home === undefined) return;
	const folder = await makePackage(program);
	if (folder === undefined) return;
	await linkInto(dataDir, name, folder);
	// If the link is not listed as a dependency, npm would replace it.
	if (home.optionalDependencies?.[name] === undefined) {
		for (const list of ['package-lock.json', path.join('node_modules', '.package-lock.json')]) {
			await rm(path.join(dataDir, list), {force: true});
		}
	}
	// Optional, because `plugins install` searches the other dependencies for what npm has added.
	const optionalDependencies = {...home.optionalDependencies, [name]: `file:${name}`};
	const plugins = {schema: 1, plugins: []};
	await write(file, json({private: true, dependencies: {}, oclif: plugins, ...home, optionalDependencies}));
}

/**
 * Writes the package that re-exports the program.
 * @returns its folder; undefined when there is no running program to re-export
 */
export async function makePackage({dataDir, name, version}: Program): Promise<string | undefined> {
	const given = (globalThis as Record<symbol, unknown>)[handOver];
	if (typeof given !== 'function') return undefined;
	const folder = path.join(dataDir, name);
	await mkdir(folder, {recursive: true});
	await write(path.join(folder, 'package.json'), json({name, version, main: 'index.cjs', private: true}));
	await write(path.join(folder, 'index.cjs'), codeOf(name, Object.keys(given())));
	return folder;
}

/**
 * Links the package where npm would put it. npm 10 and 11 fail when they have to place such a link and a
 * plugin that needs it at the same time.
 */
export async function linkInto(place: string, name: string, folder: string): Promise<void> {
	const modules = path.join(place, 'node_modules');
	await mkdir(modules, {recursive: true});
	const windows = process.platform === 'win32';
	const target = windows ? folder : path.relative(modules, folder);
	await symlink(target, path.join(modules, name), windows ? 'junction' : 'dir').catch((error: unknown) => {
		if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
	});
}

interface Home {
	optionalDependencies?: Record<string, string>;
	[key: string]: unknown;
}

async function readHome(file: string): Promise<Home | undefined> {
	try {
		const home: unknown = JSON.parse(await readFile(file, 'utf8'));
		return typeof home === 'object' && home !== null ? (home as Home) : undefined;
	} catch (error) {
		const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
		return isMissing ? {} : undefined;
	}
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

// Node finds the exports of a CommonJS module by scanning its text, not by running it.
const codeOf = (
	name: string,
	names: readonly string[],
) => `// Made by kling: gives plugins the running program.
const program = globalThis[Symbol.for('${name}')];
if (!program) throw new Error('Plugins of kling run inside kling: this package contains no program itself.');
module.exports = program();
0 && (module.exports = {${names.join(', ')}});
`;

/** Writes a file unless its content is already the same, in one step, because another command may be reading it. */
async function write(file: string, text: string): Promise<void> {
	const before = await readFile(file, 'utf8').catch(() => undefined);
	if (before !== text) writeAtomically(file, text, {mode: 0o644});
}
