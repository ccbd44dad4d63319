import {randomUUID} from 'node:crypto';
import {closeSync, utimes} from 'node:fs';
import {KlingError} from '../errors/kling-error.js';
import type {Clock} from '../system/clock.js';
import {fileError} from './file-errors.js';
import {holderOf, type LockHolder, thisProcess} from './lock-holder.js';
import {removeFile} from './remove-file.js';
import {createLock, isStill, type OpenLock, takeLock} from './take-lock.js';

export interface FileLock {
	/** Random and unique to this lock. */
	readonly token: string;
	/**
	 * Whether this process still holds it: another machine may have taken it for one that a crash left
	 * behind.
	 */
	isHeld(): boolean;
	release(): void;
}

export interface LockOptions {
	/** What the holder does with the file, for the error when the lock is taken. */
	doing?: string;
	/** Replaces the hint of the error table. */
	hint?: string;
	/** Stored in the lock, see `lockPurpose`. */
	purpose?: string | undefined;
	/**
	 * Removes what the holder of a stale lock has left, before its lock is replaced: should this process be killed
	 * in between, the next one finds the stale lock again. It must not throw.
	 * @param token of the stale lock; a lock may contain anything
	 */
	onStale?: (token: string) => void;
}

/** Milliseconds between two heartbeats. */
const signOfLifeMs = 5000;
/** Milliseconds between two attempts to take a lock that another process holds. */
const pauseMs = 50;

/**
 * Takes a lock, so that two processes never do the same work on a file. A lock whose process has ended is
 * taken over. On another machine, or where the system does not report when a process started, that happens
 * after half a minute without a heartbeat.
 * @param file the lock
 * @param wanted the file that the user asked for, for messages
 * @throws KlingError `file_busy`; `write_error` or `disk_full`
 */
export function lockFile(file: string, wanted: string, options: LockOptions = {}): FileLock {
	const token = randomUUID();
	const me: LockHolder = {...thisProcess, token, purpose: options.purpose};
	try {
		const made = takeLock(file, {
			me,
			errorFor: (holder) => busy(wanted, holder, options),
			onStale: options.onStale,
		});
		return hold(file, me, made);
	} catch (error) {
		throw fileError(error, wanted);
	}
}

/**
 * Takes a lock like `lockFile`, if it is free.
 * @returns undefined if it is not, or for any other reason, which `lockFile` then finds
 */
export function lockIfFree(file: string): FileLock | undefined {
	const me: LockHolder = {...thisProcess, token: randomUUID()};
	try {
		const made = createLock(file, me);
		return made && hold(file, me, made);
	} catch {
		return undefined;
	}
}

/**
 * Takes a lock like `lockFile`, also one that is stale, unless another process holds it.
 * @returns undefined if one does
 * @throws the file system's error
 */
export function lockUnlessBusy(file: string): FileLock | undefined {
	const me: LockHolder = {...thisProcess, token: randomUUID()};
	const isBusy = busy(file, undefined, {});
	try {
		return hold(file, me, takeLock(file, {me, errorFor: () => isBusy}));
	} catch (error) {
		if (error === isBusy) return undefined;
		throw error;
	}
}

/** Keeps a lock until it is released. */
function hold(file: string, {token}: LockHolder, made: OpenLock): FileLock {
	const alive = setInterval(() => {
		const now = new Date();
		utimes(file, now, now, () => {});
	}, signOfLifeMs).unref();
	const isHeld = () => isStill(file, made) || holderOf(file)?.token === token;
	let isReleased = false;
	return {
		token,
		isHeld,
		release() {
			if (isReleased) return;
			isReleased = true;
			clearInterval(alive);
			try {
				const isMine = isHeld();
				closeSync(made.descriptor);
				if (isMine) removeFile(file);
			} catch {
				// If it cannot be removed, it is taken over once this process has ended.
			}
		},
	};
}

export interface LockWait extends LockOptions {
	clock: Clock;
	/** Unix milliseconds at which waiting ends. */
	deadline: number;
	signal?: AbortSignal | undefined;
	/** Called once, when the lock turns out to be taken. */
	onWait?: () => void;
}

/**
 * Takes a lock like `lockFile`, but waits while another process holds it.
 * @throws KlingError the errors of `lockFile`, with `file_busy` at the deadline; the reason of the signal
 */
export async function waitForLock(
	file: string,
	wanted: string,
	{clock, deadline, signal, onWait, ...options}: LockWait,
): Promise<FileLock> {
	for (let round = 0; ; round++) {
		try {
			return lockFile(file, wanted, options);
		} catch (error) {
			const isBusy = error instanceof KlingError && error.code === 'file_busy';
			if (!isBusy || clock.now() > deadline) throw error;
			if (round === 0) onWait?.();
		}
		await clock.sleep(pauseMs, signal);
	}
}

/** What a lock is for, if its holder recorded it. */
export const lockPurpose = (file: string): string | undefined => holderOf(file)?.purpose;

function busy(
	wanted: string,
	holder: LockHolder | undefined,
	{doing = 'downloading to', hint}: LockOptions,
): KlingError {
	const who = holder === undefined ? 'Another process' : `Process ${holder.pid} on ${holder.host}`;
	return new KlingError('file_busy', `${who} is ${doing} ${wanted}`, {path: wanted, hint});
}
