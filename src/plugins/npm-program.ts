import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {KlingError} from '../lib/errors/kling-error.js';

/** Where npm is looked for; tests pass their own. */
interface OutputEnvironment {
	/** Address of a file: npm may be in a `node_modules` folder beside or above it, as it is after `npm i -g`. */
	from: string;
	env: NodeJS.ProcessEnv;
	platform: NodeJS.Platform;
}

/**
 * Checks that there is an npm, in the same places as oclif's plugin, which would report a missing npm as a
 * missing package.
 * @throws KlingError `command_not_started`
 */
export function requireNpm({
	from = import.meta.url,
	env = process.env,
	platform = process.platform,
}: Partial<OutputEnvironment> = {}): void {
	if (isPackageNear(from)) return;
	const names = platform === 'win32' ? ['npm.cmd', 'npm.exe'] : ['npm'];
	const [, folders = ''] = Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH') ?? [];
	const isThere = (folder: string) => names.some((name) => existsSync(path.join(folder, name)));
	if (!folders.split(path.delimiter).filter(Boolean).some(isThere)) throw noProgram('npm');
}

function isPackageNear(from: string): boolean {
	try {
		createRequire(from).resolve('npm/package.json');
		return true;
	} catch {
		return false;
	}
}

const hints = {
	npm: 'Plugins are installed with npm, which comes with Node: install it, and run the command again.',
	yarn: 'This folder has a yarn.lock: install yarn, or the packages yourself and link it with --no-install.',
};

/** @param name of a program that kling runs for plugins */
export const noProgram = (name: keyof typeof hints, cause?: unknown) =>
	new KlingError('command_not_started', `The program ${name} is not installed`, {hint: hints[name], cause});
