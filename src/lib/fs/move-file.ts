import {renameSync} from 'node:fs';
import {pauseSync} from '../system/pause-sync.js';
import {systemCode} from './file-errors.js';

/** What moving a file needs from the system. Tests replace it. */
export interface MoveCalls {
	platform: NodeJS.Platform;
	rename: (from: string, to: string) => void;
	pause: (ms: number) => void;
}

/** What Windows reports while another program, often a virus scanner, has one of the files open. */
const passing: ReadonlySet<unknown> = new Set(['EPERM', 'EACCES', 'EBUSY']);
const maxTries = 50;
/** Milliseconds between two tries. */
const pauseMs = 20;

const system: MoveCalls = {
	platform: process.platform,
	rename: renameSync,
	pause: pauseSync,
};

/**
 * Renames a file, also over another one. On Windows it tries for a second while another program has one of them open.
 * @throws the file system's error
 */
export function moveFile(from: string, to: string, {platform, rename, pause}: MoveCalls = system): void {
	for (let tries = 1; ; tries++) {
		try {
			rename(from, to);
			return;
		} catch (error) {
			if (platform !== 'win32' || !passing.has(systemCode(error)) || tries > maxTries) throw error;
		}
		pause(pauseMs);
	}
}
