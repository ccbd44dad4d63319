import {randomUUID} from 'node:crypto';
import {closeSync, openSync, renameSync, rmSync, type Stats, statSync, utimes, writeFileSync} from 'node:fs';
import os from 'node:os';
import {KlingError} from '../errors/kling-error.js';
import type {Clock} from '../system/clock.js';
import {fileError, systemCode} from './file-errors.js';
import {type Holder, holderOf, isRunning, startOf, thisProcess} from './lock-holder.js';
import {removeFile} from './remove-file.js';

export interface FileLock {
	/** Random and unique to this lock. */
	readonly token: string;
	/** The token of the stale lock that this one replaced. */
	readonly abandoned: string | undefined;
	/**
	 * Whether this process still holds it: another machine may have taken it for one that a crash left
	 * behind.
	 */
	isHeld(): boolean;
	release(): void;
}

/** Wording of the error when the lock is taken. */
export interface BusyWords {
	/** What the holder does with the file. */
	doing?: string;
	/** Replaces the hint of the error table. */
	hint?: string;
	/** Stored in the lock, see `lockPurpose`. */
	purpose?: string | undefined;
}

/** Milliseconds between two heartbeats, and without one until the holder counts as gone. */
const signOfLifeMs = 5000;
const silenceMs = 30_000;
/** Milliseconds after which a lock that names no holder is no longer taken to be still being written. */
const namelessMs = 1000;
/** Milliseconds between two attempts to take a lock that another process holds. */
const pauseMs = 50;

/**
 * Takes a lock, so that two processes never do the same work on a file. A lock whose process has ended is
 * taken over. On another machine, or where the system does not report when a process started, that happens
 * after half a minute without a heartbeat.
 * @param file the lock
 * @param wanted the file that the user asked for, for messages
 * @param words default: the wording for a download
 * @throws KlingError `file_busy`; `write_error` or `disk_full`
 */
export function lockFile(file: string, wanted: string, words: BusyWords = {}): FileLock {
	const token = randomUUID();
	const me: Holder = {...thisProcess, token, purpose: words.purpose};
	let abandoned: string | undefined;
	try {
		abandoned = take(file, me, (holder) => busy(wanted, holder, words));
	} catch (error) {
		throw fileError(error, wanted);
	}
	const alive = setInterval(() => {
		const now = new Date();
		utimes(file, now, now, () => {});
	}, signOfLifeMs).unref();
	const isHeld = () => holderOf(file)?.token === token;
	return {
		token,
		abandoned,
		isHeld,
		release() {
			clearInterval(alive);
			try {
				if (isHeld()) removeFile(file);
			} catch {
				// If it cannot be removed, it is taken over once this process has ended.
			}
		},
	};
}

export interface LockWait extends BusyWords {
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
	{clock, deadline, signal, onWait, ...words}: LockWait,
): Promise<FileLock> {
	for (let round = 0; ; round++) {
		try {
			return lockFile(file, wanted, words);
		} catch (error) {
			const isBusy = error instanceof KlingError && error.code === 'file_busy';
			if (!isBusy || clock.now() > deadline) throw error;
			if (round === 0) onWait?.();
		}
		await clock.sleep(pauseMs, signal);
	}
}

/** @returns the token of a stale lock that was replaced */
function take(
	file: string,
	me: Holder,
	errorFor: (holder: Holder | undefined) => KlingError,
): string | undefined {
	let abandoned: string | undefined;
	for (let round = 0; ; round++) {
		if (create(file, me)) return abandoned;
		const holder = holderOf(file);
		if (round > 2 || isAlive(file, holder)) throw errorFor(holder);
		removeStale(file, holder, me.token);
		abandoned = holder?.token;
	}
}

/** Writes a lock, unless one exists. */
function create(file: string, me: Holder): boolean {
	let descriptor: number;
	try {
		descriptor = openSync(file, 'wx');
	} catch (error) {
		if (systemCode(error) === 'EEXIST') return false;
		throw error;
	}
	try {
		writeFileSync(descriptor, `${JSON.stringify(me)}\n`);
		return true;
	} catch (error) {
		// A full disk leaves an empty file.
		rmSync(file, {force: true});
		throw error;
	} finally {
		closeSync(descriptor);
	}
}

/** Two processes may find the same stale lock. One that moves a fresh lock aside puts it back. */
function removeStale(file: string, stale: Holder | undefined, token: string): void {
	const aside = `${file}.${token.slice(0, 8)}`;
	try {
		renameSync(file, aside);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return;
		throw error;
	}
	const moved = holderOf(aside);
	if (moved?.token === stale?.token) rmSync(aside, {force: true});
	else renameSync(aside, file);
}

function isAlive(file: string, holder: Holder | undefined): boolean {
	if (holder?.host === os.hostname()) {
		if (!isRunning(holder.pid)) return false;
		const started = startOf(holder.pid);
		if (started !== undefined && holder.started !== undefined) return started === holder.started;
	}
	let seen: Stats | undefined;
	try {
		seen = statSync(file);
	} catch {}
	const patience = holder === undefined ? namelessMs : silenceMs;
	return seen !== undefined && Math.abs(Date.now() - seen.mtimeMs) < patience;
}

/** What a lock is for, if its holder recorded it. */
export const lockPurpose = (file: string): string | undefined => holderOf(file)?.purpose;

function busy(
	wanted: string,
	holder: Holder | undefined,
	{doing = 'downloading to', hint}: BusyWords,
): KlingError {
	const who = holder === undefined ? 'Another process' : `Process ${holder.pid} on ${holder.host}`;
	return new KlingError('file_busy', `${who} is ${doing} ${wanted}`, {path: wanted, hint});
}
