import {existsSync, linkSync, renameSync, rmSync} from 'node:fs';
import path from 'node:path';
import {fileError, systemCode} from '../fs/file-errors.js';

/**
 * Moves a file out of the way, as `s1.earlier-1.mp4`: a paid clip is never overwritten.
 * @returns its new path
 * @throws KlingError `write_error`
 */
export function setAside(file: string): string {
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
		renameSync(from, to);
		return;
	}
	rmSync(from);
}
