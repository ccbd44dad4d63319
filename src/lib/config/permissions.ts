import {chmod, lstat, open, rm} from 'node:fs/promises';
import path from 'node:path';

/** Permission bits that let others read, write or enter. */
const others = 0o077;

/** Windows has no such bits. There, the user's profile folder is already private. */
const hasBits = () => process.getuid !== undefined;

/** Whether anyone but the owner can use a file or folder, according to its permissions. */
export const isOpenToOthers = ({mode}: {mode: number}): boolean => hasBits() && (mode & others) !== 0;

/** Whether anyone but the owner can change a file. */
export const isWritableByOthers = ({mode}: {mode: number}): boolean => hasBits() && (mode & 0o022) !== 0;

/**
 * Whether a file was put into a folder by another user: it belongs neither to the current user, nor to root,
 * nor to the folder's owner. On a mount without owners, all files have the same one.
 */
export function isForeign(file: {uid: number}, folder: {uid: number}): boolean {
	const user = process.geteuid?.();
	return user !== undefined && user !== 0 && ![user, 0, folder.uid].includes(file.uid);
}

/**
 * Sets the permissions of a file or folder.
 * @returns whether they then hold: some file systems refuse, and others ignore them
 */
async function closeToOthers(file: string, mode: number): Promise<boolean> {
	try {
		await chmod(file, mode);
		return !isOpenToOthers(await lstat(file));
	} catch {
		return false;
	}
}

/** How a file system treats permissions. */
export interface Permissions {
	close: typeof closeToOthers;
	kept: typeof keepsPermissions;
}

export const systemPermissions: Permissions = {close: closeToOthers, kept: keepsPermissions};

/**
 * Whether the permissions requested for a new file in a folder are kept. A file system without permissions
 * shows every file as open to others.
 */
async function keepsPermissions(folder: string): Promise<boolean> {
	// Always the same name, so that the next check removes what a killed process left.
	const trial = path.join(folder, '.kling-trial');
	try {
		await rm(trial, {force: true});
		const handle = await open(trial, 'wx', 0o600);
		try {
			return !isOpenToOthers(await handle.stat());
		} finally {
			await handle.close();
		}
	} catch {
		return true;
	} finally {
		await rm(trial, {force: true}).catch(() => {});
	}
}
