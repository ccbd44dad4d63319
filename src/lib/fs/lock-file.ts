import {randomUUID} from 'node:crypto';
import {
	closeSync,
	fstatSync,
	lstatSync,
	openSync,
	renameSync,
	rmSync,
	type Stats,
	statSync,
	utimes,
} from 'node:fs';
import os from 'node:os';
import {KlingError} from '../errors/kling-error.js';
import type {Clock} from '../system/clock.js';
import {fileError, systemCode} from './file-errors.js';
import {holderOf, isRunning, type LockHolder, startOf, thisProcess} from './lock-holder.js';
import {removeFile} from './remove-file.js';
import {writeAll} from './write-all.js';

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
	const me: LockHolder = {...thisProcess, token, purpose: words.purpose};
	try {
		return hold(
			file,
			me,
			take(file, me, (holder) => busy(wanted, holder, words)),
		);
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
		const made = create(file, me);
		return made && hold(file, me, {made});
	} catch {
		return undefined;
	}
}

/** Keeps a lock until it is released. */
function hold(file: string, {token}: LockHolder, {made, abandoned}: TakenLock): FileLock {
	const alive = setInterval(() => {
		const now = new Date();
		utimes(file, now, now, () => {});
	}, signOfLifeMs).unref();
	const isHeld = () => isStill(file, made) || holderOf(file)?.token === token;
	let isReleased = false;
	return {
		token,
		abandoned,
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

/** A lock file that this process has made and keeps open, so that no other file can get its inode number. */
interface OpenLock {
	descriptor: number;
	/** Bytes. */
	length: number;
}

interface TakenLock {
	made: OpenLock;
	/** The token of a stale lock that was replaced. */
	abandoned?: string | undefined;
}

function take(
	file: string,
	me: LockHolder,
	errorFor: (holder: LockHolder | undefined) => KlingError,
): TakenLock {
	let abandoned: string | undefined;
	for (let round = 0; ; round++) {
		const made = create(file, me);
		if (made) return {made, abandoned};
		const holder = holderOf(file);
		if (round > 2 || isAlive(file, holder)) throw errorFor(holder);
		removeStale(file, holder, me.token);
		abandoned = holder?.token;
	}
}

/** Writes a lock, unless one exists. */
function create(file: string, me: LockHolder): OpenLock | undefined {
	let descriptor: number;
	try {
		descriptor = openSync(file, 'wx');
	} catch (error) {
		if (systemCode(error) === 'EEXIST') return undefined;
		throw error;
	}
	try {
		const text = Buffer.from(`${JSON.stringify(me)}\n`);
		writeAll(descriptor, text, 0, () => {});
		return {descriptor, length: text.length};
	} catch (error) {
		closeSync(descriptor);
		// A full disk leaves an empty file.
		rmSync(file, {force: true});
		throw error;
	}
}

/**
 * Whether a lock file is the one that this process has made. Some file systems give files new inode numbers
 * each time, so `false` means nothing.
 */
function isStill(file: string, {descriptor, length}: OpenLock): boolean {
	const there = lstatSync(file, {bigint: true, throwIfNoEntry: false});
	if (there?.size !== BigInt(length)) return false;
	const mine = fstatSync(descriptor, {bigint: true});
	return mine.ino === there.ino && mine.dev === there.dev && mine.nlink > 0n;
}

/** Two processes may find the same stale lock. One that moves a fresh lock aside puts it back. */
function removeStale(file: string, stale: LockHolder | undefined, token: string): void {
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

function isAlive(file: string, holder: LockHolder | undefined): boolean {
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
	holder: LockHolder | undefined,
	{doing = 'downloading to', hint}: BusyWords,
): KlingError {
	const who = holder === undefined ? 'Another process' : `Process ${holder.pid} on ${holder.host}`;
	return new KlingError('file_busy', `${who} is ${doing} ${wanted}`, {path: wanted, hint});
}
