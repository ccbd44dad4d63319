import {closeSync, fstatSync, lstatSync, openSync, rmSync, type Stats, statSync} from 'node:fs';
import os from 'node:os';
import type {KlingError} from '../errors/kling-error.js';
import {pauseSync} from '../system/pause-sync.js';
import {systemCode} from './file-errors.js';
import {holderOf, isRunning, type LockHolder, startOf} from './lock-holder.js';
import {moveFile} from './move-file.js';
import {writeAll} from './write-all.js';

/** Milliseconds without a heartbeat until the holder counts as gone. */
const silenceMs = 30_000;
/** Milliseconds after which a lock that names no holder is no longer taken to be still being written. */
const namelessMs = 1000;
const pauseMs = 10;
/** How many processes may have been killed one after the other while each was taking over from the last. */
const maxDepth = 9;

/** A lock file that this process has made and keeps open, so that no other file can get its inode number. */
export interface OpenLock {
	descriptor: number;
	/** Bytes. */
	length: number;
}

export interface LockRequest {
	me: LockHolder;
	/** The error when another process holds the lock. */
	errorFor: (holder: LockHolder | undefined) => KlingError;
	/** See LockOptions. */
	onStale?: ((token: string) => void) | undefined;
}

/** A lock, or one with which it is replaced. */
interface Place {
	file: string;
	lock: string;
	depth: number;
}

/** @throws the error of the request; those of the file system */
export const takeLock = (lock: string, request: LockRequest): OpenLock =>
	take({file: lock, lock, depth: 0}, request);

function take(place: Place, request: LockRequest): OpenLock {
	const {file, depth} = place;
	for (let round = 0; ; round++) {
		const made = createLock(file, request.me);
		if (made) return made;
		const holder = namedHolder(file);
		if (round > 2 || depth > maxDepth || isAlive(file, holder)) throw request.errorFor(holder);
		const replaced = replaceStale(place, holder, request);
		if (replaced) return replaced;
	}
}

/**
 * Who holds a lock. A process writes its name right after it has made the lock, so one without a name is a moment old, or
 * its process was killed in between: this waits until it is clear which.
 */
function namedHolder(file: string): LockHolder | undefined {
	const end = Date.now() + namelessMs;
	for (;;) {
		const holder = holderOf(file);
		if (holder !== undefined || !isAlive(file, holder) || Date.now() >= end) return holder;
		pauseSync(pauseMs);
	}
}

/** Writes a lock, unless one exists. */
export function createLock(file: string, me: LockHolder): OpenLock | undefined {
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
export function isStill(file: string, {descriptor, length}: OpenLock): boolean {
	const there = lstatSync(file, {bigint: true, throwIfNoEntry: false});
	if (there?.size !== BigInt(length)) return false;
	const mine = fstatSync(descriptor, {bigint: true});
	return mine.ino === there.ino && mine.dev === there.dev && mine.nlink > 0n;
}

/**
 * Replaces a stale lock with one that was written beside it. Its name comes from the token of the stale lock, so that only
 * one process replaces that, and the next one continues where a killed one was.
 * @returns undefined when another process was faster
 */
function replaceStale(
	{file, lock, depth}: Place,
	stale: LockHolder | undefined,
	request: LockRequest,
): OpenLock | undefined {
	const next = `${lock}.${suffixFor(stale, depth)}`;
	const made = take({file: next, lock, depth: depth + 1}, {...request, onStale: undefined});
	try {
		const isThere = lstatSync(file, {throwIfNoEntry: false}) !== undefined;
		const holder = holderOf(file);
		if (isThere && holder?.token === stale?.token && !isAlive(file, holder)) {
			if (stale) request.onStale?.(stale.token);
			moveFile(next, file);
			return made;
		}
	} catch (error) {
		discard(next, made);
		throw error;
	}
	discard(next, made);
	return undefined;
}

/** A lock may contain anything, or nothing. */
const suffixFor = (stale: LockHolder | undefined, depth: number) =>
	stale && /^[0-9a-f]{8}-/.test(stale.token) ? stale.token.slice(0, 8) : `unknown${depth}`;

function discard(file: string, {descriptor}: OpenLock): void {
	closeSync(descriptor);
	rmSync(file, {force: true});
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
