import {fdatasyncSync, fsync, fsyncSync} from 'node:fs';
import {promisify} from 'node:util';
import {systemCode} from './file-errors.js';

/** Errors of file systems that write through and have nothing to flush. */
const nothingToFlush: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function unlessNeedless(error: unknown): void {
	if (!nothingToFlush.has(systemCode(error) ?? '')) throw error;
}

/**
 * Flushes a file to the disk, so that what was written survives a power cut.
 * @param descriptor of the file
 * @throws the file system's error, unless it means that there is nothing to flush
 */
export function flush(descriptor: number): void {
	try {
		fsyncSync(descriptor);
	} catch (error) {
		unlessNeedless(error);
	}
}

/** Like `flush`, but only for the file's bytes. */
export function flushData(descriptor: number): void {
	try {
		fdatasyncSync(descriptor);
	} catch (error) {
		unlessNeedless(error);
	}
}

const flushSoon = promisify(fsync);

/** Like `flush`, without blocking. */
export const flushLater = (descriptor: number): Promise<void> => flushSoon(descriptor).catch(unlessNeedless);
