import {randomUUID} from 'node:crypto';
import {closeSync, existsSync, openSync, writeFileSync} from 'node:fs';
import {flush} from './flush.js';
import {lockUnlessBusy} from './lock-file.js';
import {moveFile} from './move-file.js';
import {removeFile} from './remove-file.js';

export interface AtomicWrite {
	/** Permissions of the file. */
	mode?: number;
	/**
	 * Whether the bytes must be on disk before the file takes its place. Otherwise a power cut may leave it
	 * empty.
	 */
	sync?: boolean;
	/**
	 * Where the new file is prepared, on the same disk. Default: see `inOneStep`. Pass one only if no other
	 * process can be using it: a file that a crash left there is removed.
	 */
	fresh?: string | undefined;
}

/**
 * Writes a file in one step: readers see either the old content or the new one.
 * @throws the file system's error
 */
export function writeAtomically(
	file: string,
	content: string | Uint8Array,
	{mode = 0o600, sync = false, fresh}: AtomicWrite = {},
): void {
	inOneStep(file, (prepared) => writePrepared(prepared, content, {mode, sync}), {fresh});
}

/** Writes a new file. Exclusive, so that a link that someone planted is never written through. */
export function writePrepared(
	prepared: string,
	content: string | Uint8Array,
	{mode, sync = false}: {mode: number; sync?: boolean},
): void {
	const descriptor = openSync(prepared, 'wx', mode);
	try {
		writeFileSync(descriptor, content);
		if (sync) flush(descriptor);
	} finally {
		closeSync(descriptor);
	}
}

interface OneStep {
	/** See AtomicWrite. */
	fresh?: string | undefined;
	/** Gives the prepared file its name. Default: it replaces what is there. */
	place?: (prepared: string, file: string) => void;
}

/** No name that anyone else uses: what is there is removed. */
export const preparedName = (file: string) => `${file}.kling-new`;
const lockName = (file: string) => `${preparedName(file)}.lock`;

/**
 * Prepares a file beside its place and then moves it there. It is prepared under a name that the next process finds again,
 * so that nothing stays for good after a kill; a lock keeps that name from being used by two processes. Whoever finds the
 * lock taken uses a name of its own.
 * @param make writes the prepared file, which does not exist
 * @throws the file system's error, or what `make` throws; nothing is left of the prepared file
 */
export function inOneStep(
	file: string,
	make: (prepared: string) => void,
	{fresh, place = moveFile}: OneStep = {},
): void {
	const lock = fresh === undefined ? lockUnlessBusy(lockName(file)) : undefined;
	const prepared = fresh ?? (lock ? preparedName(file) : `${file}.${randomUUID()}`);
	try {
		removeFile(prepared);
		try {
			make(prepared);
			place(prepared, file);
		} catch (error) {
			removeFile(prepared);
			throw error;
		}
	} finally {
		lock?.release();
	}
}

/** Removes what a process that was killed while it wrote a file has left beside it. */
export function removeUnfinished(file: string): void {
	if (!existsSync(lockName(file))) return;
	try {
		const lock = lockUnlessBusy(lockName(file));
		if (lock === undefined) return;
		removeFile(preparedName(file));
		lock.release();
	} catch {
		// It does no harm.
	}
}
