import {existsSync, linkSync, rmSync} from 'node:fs';
import path from 'node:path';
import {fileError, systemCode} from '../fs/file-errors.js';
import {moveFile} from '../fs/move-file.js';
import {allFilesOf} from './known-tasks.js';
import type {PlannedJob} from './planned-job.js';

/**
 * Moves files of an earlier version of a take out of the way of those that are wanted.
 * @returns its external id, and where its files are now; undefined where nothing was in the way
 * @throws KlingError `write_error`
 */
export function moveAside(
	{earlier, known}: Pick<PlannedJob, 'earlier' | 'known'>,
	wanted: readonly string[],
): {externalId: string; files: string[]} | undefined {
	if (earlier === undefined) return undefined;
	const inTheWay = allFilesOf(earlier).filter((file) => wanted.includes(file) && existsSync(file));
	if (inTheWay.length === 0 || known?.begun?.some((file) => inTheWay.includes(file))) return undefined;
	const files = allFilesOf(earlier).map((file) => (inTheWay.includes(file) ? setAside(file) : file));
	return {externalId: earlier.externalId, files};
}

/**
 * Moves a file out of the way, as `s1.earlier-1.mp4`: a paid clip is never overwritten.
 * @returns its new path
 * @throws KlingError `write_error`
 */
function setAside(file: string): string {
	const {dir, name, ext} = path.parse(file);
	for (let number = 1; ; number++) {
		const other = path.join(dir, `${name}.earlier-${number}${ext}`);
		if (existsSync(other)) continue;
		try {
			moveWithoutReplacing(file, other);
			return other;
		} catch (error) {
			if (systemCode(error) !== 'EEXIST') throw fileError(error, file);
		}
	}
}

function moveWithoutReplacing(from: string, to: string): void {
	try {
		linkSync(from, to);
	} catch (error) {
		if (systemCode(error) === 'EEXIST') throw error;
		// File systems without hard links.
		moveFile(from, to);
		return;
	}
	rmSync(from);
}
