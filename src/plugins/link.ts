import {existsSync} from 'node:fs';
import {readFile, unlink} from 'node:fs/promises';
import {createRequire} from 'node:module';
import path from 'node:path';
import {linkInto, makePackage, type Program} from './host-package.js';

/**
 * Lets a plugin that is about to be linked find `kling-cli`. Node looks for it above the plugin's own folder, where there is
 * none until its author has installed one. In that case a link to the package in the data folder is created there.
 * @param folder of the plugin
 * @returns the link that was created, if any
 */
export async function offerToLinked(folder: string, program: Program): Promise<string | undefined> {
	const file = path.join(folder, 'package.json');
	if (!(await names(folder, program.name)) || finds(file, program.name)) return undefined;
	const link = path.join(folder, 'node_modules', program.name);
	try {
		const home = await makePackage(program);
		if (home === undefined) return undefined;
		// A broken link is replaced; anything that is not a link stays.
		await unlink(link).catch(() => {});
		await linkInto(folder, program.name, home);
		return link;
	} catch {
		// If nothing can be written, the plugin's commands report what they do not find.
		return undefined;
	}
}

/** The lockfiles by which `plugins link` knows how to install a plugin's dependencies. */
const lockfiles = ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'];

/**
 * Whether a plugin that is about to be linked runs without an install: it needs no package except this program, and no
 * lockfile asks for others. oclif would warn that there is none.
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

const readPackage = async (folder: string) =>
	JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));

/** Whether a package needs another one. The command itself reports what is not a package. */
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
