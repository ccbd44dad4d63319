import {randomUUID} from 'node:crypto';
import {chmod, lstat, open, rm} from 'node:fs/promises';
import path from 'node:path';

/** Bits that let others read, write or enter. */
const others = 0o077;

/** Windows has no such bits; there the folder of the user's profile is closed by its place. */
const hasBits = () => process.getuid !== undefined;

/** Whether others than the owner can use a file or folder, as far as its permissions say. */
export const isOpenToOthers = ({mode}: {mode: number}): boolean => hasBits() && (mode & others) !== 0;

/** Whether others than the owner can change a file. */
export const isWritableByOthers = ({mode}: {mode: number}): boolean => hasBits() && (mode & 0o022) !== 0;

/**
 * Whether a file was put into a folder by somebody else: it belongs neither to us, nor to root, nor to the owner of the folder, who
 * is the same for all on a mount without owners.
 */
export function isForeign(file: {uid: number}, folder: {uid: number}): boolean {
	const user = process.geteuid?.();
	return user !== undefined && user !== 0 && ![user, 0, folder.uid].includes(file.uid);
}

/**
 * Sets the permissions of a file or folder.
 * @returns whether they then hold: some file systems refuse, and others ignore it
 */
async function closeToOthers(file: string, mode: number): Promise<boolean> {
	try {
		await chmod(file, mode);
		return !isOpenToOthers(await lstat(file));
	} catch {
		return false;
	}
}

/** What a file system does about permissions. */
export interface Permissions {
	close: typeof closeToOthers;
	kept: typeof keepsPermissions;
}

export const systemPermissions: Permissions = {close: closeToOthers, kept: keepsPermissions};

/** Whether a new file in a folder is its maker's alone, as asked for. A file system without permissions shows every file as open. */
async function keepsPermissions(folder: string): Promise<boolean> {
	const trial = path.join(folder, `.${randomUUID()}`);
	try {
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
