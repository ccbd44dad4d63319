import {renameSync} from 'node:fs';
import {pauseSync} from '../system/pause-sync.js';
import {systemCode} from './file-errors.js';

/** What moving a file needs from the system. Tests replace it. */
export interface MoveCalls {
	platform: NodeJS.Platform;
	rename: (from: string, to: string) => void;
	/** Milliseconds. */
	now: () => number;
	pause: (ms: number) => void;
}

/** What Windows reports while another program, often a virus scanner, has one of the files open. */
const passing: ReadonlySet<unknown> = new Set(['EPERM', 'EACCES', 'EBUSY']);
/** Milliseconds. */
const patience = {total: 1000, between: 20};

const system: MoveCalls = {
	platform: process.platform,
	rename: renameSync,
	now: Date.now,
	pause: pauseSync,
};

/**
 * Renames a file, also over another one. On Windows it tries for a second while another program has one of them open.
 * @throws the file system's error
 */
export function moveFile(from: string, to: string, {platform, rename, now, pause}: MoveCalls = system): void {
	const end = now() + patience.total;
	for (;;) {
		try {
			rename(from, to);
			return;
		} catch (error) {
			if (platform !== 'win32' || !passing.has(systemCode(error)) || now() >= end) throw error;
		}
		pause(patience.between);
	}
}
