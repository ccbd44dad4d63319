import {fdatasyncSync, fsync, fsyncSync} from 'node:fs';
import {promisify} from 'node:util';
import {systemCode} from './file-errors.js';

/** What a file system may return that writes through, and has nothing to flush. */
const nothingToFlush: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function unlessNeedless(error: unknown): void {
	if (!nothingToFlush.has(systemCode(error) ?? '')) throw error;
}

/**
 * Makes what was written to a file outlive a power cut.
 * @param descriptor of the file
 * @throws what the file system says, unless it says that it has nothing to flush
 */
export function flush(descriptor: number): void {
	try {
		fsyncSync(descriptor);
	} catch (error) {
		unlessNeedless(error);
	}
}

/** As flush, for the bytes of the file alone. */
export function flushData(descriptor: number): void {
	try {
		fdatasyncSync(descriptor);
	} catch (error) {
		unlessNeedless(error);
	}
}

/** As flush, while others work. */
export const flushLater = (descriptor: number): Promise<void> =>
	promisify(fsync)(descriptor).catch(unlessNeedless);
