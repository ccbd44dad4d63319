import {lstatSync, realpathSync, statSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {readError} from '../fs/file-errors.js';

/** The only folder that tools read from and write to. */
export interface RootFolder {
	/** Absolute, with links resolved. */
	readonly path: string;
	/**
	 * Resolves a file or folder below the root; it need not exist.
	 * @param name absolute, or relative to the root
	 * @param what it is, for the message
	 * @returns the absolute path
	 * @throws KlingError `outside_root`, also if a link on the way leads out of the root
	 */
	inside(name: string, what: string): string;
}

/** @throws KlingError `read_error` if it is not a folder, `invalid_argument` for the whole disk */
export function openRoot(folder: string): RootFolder {
	let root: string;
	try {
		root = realpathSync(folder);
		if (!statSync(root).isDirectory()) throw new Error('it is not a folder');
	} catch (error) {
		throw readError(error, folder, '--root');
	}
	if (path.parse(root).root === root) {
		throw new KlingError('invalid_argument', `The root folder would be ${root}, the whole disk`, {
			hint: 'Name a folder for the files: --root DIR',
		});
	}
	const inside = (name: string, what: string): string => {
		const refuse = (why: string) =>
			new KlingError('outside_root', `${what}: ${name.slice(0, 200)} ${why}`, {
				hint: `Name a file below ${root}; whoever started the server chose it with --root.`,
			});
		if (name.includes('\0')) throw refuse('is not a path');
		const absolute = path.resolve(root, name);
		if (!isBelow(root, absolute)) throw refuse('is outside the root folder');
		const real = realPathOf(absolute);
		if (real === undefined || !isBelow(root, real))
			throw refuse('leads outside the root folder through a link');
		return absolute;
	};
	return {path: root, inside};
}

const isBelow = (root: string, file: string): boolean => {
	const relative = path.relative(root, file);
	return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
};

/**
 * Where a path really leads; undefined for a broken link. A path that does not exist yet is resolved from its nearest
 * existing folder.
 */
function realPathOf(file: string): string | undefined {
	try {
		return realpathSync(file);
	} catch {
		// A program that writes there would follow the link.
		if (lstatSync(file, {throwIfNoEntry: false})?.isSymbolicLink()) return undefined;
		const folder = path.dirname(file);
		const real = folder === file ? file : realPathOf(folder);
		return real && path.join(real, path.basename(file));
	}
}
