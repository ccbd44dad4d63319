import {readFileSync} from 'node:fs';
import os from 'node:os';
import {systemCode} from './file-errors.js';
import {readOwnFile} from './own-file.js';

/** The holder of a lock. */
export interface LockHolder {
	host: string;
	pid: number;
	/**
	 * When the process started, as reported by the system if at all. It is needed because process ids are
	 * reused.
	 */
	started?: string | undefined;
	/**
	 * Random, and new each time the lock is taken. A process that reads its own token back still holds the
	 * lock.
	 */
	token: string;
	/** What the lock is for, in a form that only this kind of work understands. */
	purpose?: string | undefined;
}

/** A longer file is not one of this program's locks. */
const maxBytes = 4096;

/** Whether a process of this machine runs. */
export function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: the process belongs to another user, but it is running.
		return systemCode(error) === 'EPERM';
	}
}

/** Read once: a download of a thousand files takes a thousand locks. */
export const thisProcess = {host: os.hostname(), pid: process.pid, started: startOf(process.pid)};

/**
 * When a process started, in ticks since Linux did; `ended` for one that its parent has yet to reap;
 * undefined on other systems. Source: proc_pid_stat(5), fields 3 and 22.
 */
export function startOf(pid: number): string | undefined {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
		// The program name, in parentheses, may contain anything.
		const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
		return /^[ZX]/.test(fields[0] ?? '') ? 'ended' : fields[19];
	} catch {
		return undefined;
	}
}

/** Reads who holds a lock; undefined if that is not recorded. */
export function holderOf(file: string): LockHolder | undefined {
	try {
		const read = readOwnFile(file, maxBytes);
		if (typeof read !== 'object') return undefined;
		const data: unknown = JSON.parse(read.text);
		if (typeof data !== 'object' || data === null) return undefined;
		const {host, pid, started, token, purpose} = data as Record<string, unknown>;
		if (typeof host !== 'string' || typeof token !== 'string') return undefined;
		if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
		const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
		return {host, pid, token, started: text(started), purpose: text(purpose)};
	} catch {
		return undefined;
	}
}
