import {appendFileSync, closeSync, openSync, readSync, type Stats, statSync} from 'node:fs';
import path from 'node:path';
import {makeFolder} from '../fs/make-folder.js';
import {writeAtomically} from '../fs/write-atomic.js';

/*
 * How a process that receives callbacks wakes the processes that wait: it appends the tasks that have ended
 * to a small file beside the journal, which the others check. A process that is woken polls Kling; regular
 * polling remains as the fallback.
 */

/** The tasks that have ended, according to callbacks. */
export interface TaskEnds {
	/** Starts to listen for the end of one task. */
	listen(id: string): TaskEndListener;
}

export interface TaskEndListener {
	/**
	 * Sets the callback for the end of the task, replacing the previous one. It runs at once if the task has
	 * ended since the last call.
	 */
	next(call: (() => void) | undefined): void;
	end(): void;
}

const fileName = 'ended.ndjson';
/** Milliseconds between checks of the file. */
const checkMs = 200;
/** A file longer than this is started anew. */
const maxBytes = 100_000;

/**
 * Tells waiting processes of the account that a task has ended.
 * @throws the file system's error
 */
export function announceEnd(folder: string, task: {id: string; externalId?: string | undefined}): void {
	const file = path.join(folder, fileName);
	const line = `${JSON.stringify([task.id, task.externalId].filter((id) => id !== undefined))}\n`;
	makeFolder(folder, 0o700);
	if ((statOf(file)?.size ?? 0) > maxBytes) writeAtomically(file, line);
	else appendFileSync(file, line, {mode: 0o600});
}

/** @param folder of the account's journal */
export function createTaskEnds(folder: string): TaskEnds {
	const file = path.join(folder, fileName);
	const listeners = new Map<string, Set<() => void>>();
	let timer: NodeJS.Timeout | undefined;
	let known: {inode: number; bytes: number} | undefined;

	const check = () => {
		const stats = statOf(file);
		if (stats === undefined) return;
		const isSame = known?.inode === stats.ino && known.bytes <= stats.size;
		const from = isSame ? (known?.bytes ?? 0) : 0;
		if (isSame && from === stats.size) return;
		const {ids, end} = idsFrom(file, from, stats.size);
		known = {inode: stats.ino, bytes: end};
		for (const id of ids) for (const call of listeners.get(id) ?? []) call();
	};

	const start = () => {
		const stats = statOf(file);
		known = stats && {inode: stats.ino, bytes: stats.size};
		// Does not keep the process alive: whoever waits has other timers.
		timer = setInterval(check, checkMs).unref();
	};

	return {
		listen(id) {
			if (listeners.size === 0) start();
			let isMissed = false;
			let waiting: (() => void) | undefined;
			const call = () => {
				if (waiting) waiting();
				else isMissed = true;
			};
			const others = listeners.get(id) ?? new Set();
			listeners.set(id, others.add(call));
			return {
				next(callBack) {
					waiting = callBack;
					if (!callBack || !isMissed) return;
					isMissed = false;
					callBack();
				},
				end() {
					others.delete(call);
					if (others.size === 0) listeners.delete(id);
					if (listeners.size === 0) clearInterval(timer);
				},
			};
		},
	};
}

const statOf = (file: string): Stats | undefined => {
	try {
		return statSync(file, {throwIfNoEntry: false});
	} catch {
		return undefined;
	}
};

/** The ids in the complete lines between two offsets, and the offset after the last such line. */
function idsFrom(file: string, from: number, to: number): {ids: string[]; end: number} {
	const bytes = Buffer.alloc(Math.min(to - from, 2 * maxBytes));
	let read = 0;
	try {
		const descriptor = openSync(file, 'r');
		try {
			read = readSync(descriptor, bytes, 0, bytes.length, from);
		} finally {
			closeSync(descriptor);
		}
	} catch {
		return {ids: [], end: from};
	}
	const last = bytes.subarray(0, read).lastIndexOf(10);
	const ids = bytes
		.subarray(0, last + 1)
		.toString('utf8')
		.split('\n')
		.flatMap(idsIn);
	return {ids, end: from + last + 1};
}

function idsIn(line: string): string[] {
	try {
		const ids: unknown = JSON.parse(line);
		return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
	} catch {
		return [];
	}
}
