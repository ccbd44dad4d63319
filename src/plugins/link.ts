import {existsSync, statSync} from 'node:fs';
import {readFile, unlink} from 'node:fs/promises';
import {createRequire} from 'node:module';
import path from 'node:path';
import {KlingError} from '../lib/errors/kling-error.js';
import {commandLine} from '../lib/output/shell.js';
import {linkInto, makePackage, type Program} from './host-package.js';
import {pluginFile} from './wrap-commands.js';

/**
 * Makes `kling-cli` available to a plugin that is about to be linked, or installed from its folder, which npm links as
 * well. Node looks for it above the plugin's own folder, where there is none until its author has installed one. In
 * that case a link to the package in the data folder is placed there.
 * @param folder of the plugin
 * @returns the link that was created, if any
 */
export async function linkHostPackage(folder: string, program: Program): Promise<string | undefined> {
	const file = path.join(folder, 'package.json');
	if (!(await names(folder, program.name)) || finds(file, program.name)) return undefined;
	const link = path.join(folder, 'node_modules', program.name);
	try {
		const home = await makePackage(program);
		if (home === undefined) return undefined;
		// Removes a dangling link. Anything other than a link stays.
		await unlink(link).catch(() => {});
		await linkInto(folder, program.name, home);
		return link;
	} catch {
		// If nothing can be written, the plugin's commands report what they do not find.
		return undefined;
	}
}

/** Lockfiles by which `plugins link` chooses the package manager for a plugin's dependencies. */
const lockfiles = ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'];

/**
 * Whether a plugin that is about to be linked runs without an install: its only dependency is this program,
 * and it has no lockfile. Otherwise oclif would warn that there is no lockfile.
 * @param folder of the plugin
 */
export async function needsNoInstall(folder: string, program: Program): Promise<boolean> {
	if (lockfiles.some((name) => existsSync(path.join(folder, name)))) return false;
	try {
		const {peerDependencies, dependencies, optionalDependencies} = await readPackage(folder);
		const needed = Object.keys({...dependencies, ...optionalDependencies, ...peerDependencies});
		return needed.every((name) => name === program.name);
	} catch {
		return false;
	}
}

/** The folders from which `plugins install` is about to install. */
export const pluginFolders = (argv: readonly string[]): string[] =>
	argv.flatMap((word) => {
		const file = pluginFile(word);
		return file !== undefined && statSync(file, {throwIfNoEntry: false})?.isDirectory() ? [file] : [];
	});

/**
 * Checks that a plugin finds its packages from its folder. npm links a folder, and installs nothing for it.
 * @throws KlingError `invalid_plugin` that names those that are missing
 */
export async function requirePackages(folder: string): Promise<void> {
	const {dependencies = {}} = await readPackage(folder).catch(() => ({}));
	const places = createRequire(path.join(folder, 'package.json')).resolve.paths('x') ?? [];
	const missing = Object.keys(dependencies).filter(
		(name) => name !== 'kling-cli' && !places.some((place) => existsSync(path.join(place, name))),
	);
	if (missing.length === 0) return;
	throw new KlingError(
		'invalid_plugin',
		`The plugin in ${folder} needs packages that are not installed: ${missing.join(', ')}`,
		{
			path: folder,
			hint: `Link the plugin, which installs them: ${commandLine(['kling', 'plugins', 'link', folder])}`,
		},
	);
}

const readPackage = async (folder: string) =>
	JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));

/** Whether a package depends on another one. An invalid package is reported by the command itself. */
async function names(folder: string, name: string): Promise<boolean> {
	try {
		const {peerDependencies, dependencies, devDependencies} = await readPackage(folder);
		return Object.hasOwn({...devDependencies, ...dependencies, ...peerDependencies}, name);
	} catch {
		return false;
	}
}

function finds(file: string, name: string): boolean {
	try {
		createRequire(file).resolve(`${name}/package.json`);
		return true;
	} catch {
		return false;
	}
}
