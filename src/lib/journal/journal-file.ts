import {mkdir, open, readFile, rename, rmdir, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {systemCode} from '../fs/file-errors.js';
import {makeFolder} from '../fs/make-folder.js';

/** The journal on disk, oldest file first. Only the last one is written to. */
const generations = ['tasks.0.ndjson', 'tasks.1.ndjson', 'tasks.ndjson'] as const;
const [archive, previous, current] = generations;

const readableByOwnerOnly = 0o600;
/** Bytes of the current file after which it is moved aside. */
const rotateAt = 1_000_000;
/** Milliseconds after which a lock was left by a process that died. */
const staleLock = 60_000;

/** Bytes that hold the newest few hundred tasks, and take milliseconds to read. */
const newestBytes = 400_000;

/** Merges the lines of files that nobody writes any more into fewer lines. */
export type Compact = (lines: string[]) => string[];

/** Every line, oldest first; a line that was cut by a crash is left to the reader to skip. */
export async function readLines(folder: string): Promise<string[]> {
	const texts: string[] = [];
	// The newest first: what moves to an older file meanwhile is then read twice, and never missed.
	for (const name of generations.toReversed()) texts.unshift(await readText(path.join(folder, name)));
	return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
}

/** The newest lines, oldest first, for who cannot wait for them all; the first may be cut. */
export async function readNewestLines(folder: string): Promise<string[]> {
	const texts: string[] = [];
	let room = newestBytes;
	for (const name of generations.toReversed()) {
		const text = room > 0 ? await readEnd(path.join(folder, name), room) : '';
		texts.unshift(text);
		room -= text.length;
	}
	return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
}

/**
 * Adds a line. Safe with several processes: one write to the end of a file is not mixed with another.
 * @throws what the file system says
 */
export async function appendLine(folder: string, line: string, compact: Compact): Promise<void> {
	const file = path.join(folder, current);
	makeFolder(folder, 0o700);
	await requireFile(file);
	const handle = await open(file, 'a', readableByOwnerOnly);
	let size: number;
	try {
		// A file that was made or copied by other means.
		if (((await handle.stat()).mode & 0o077) !== 0) await handle.chmod(readableByOwnerOnly).catch(() => {});
		// The line break before it ends a line that a crash has cut.
		await handle.appendFile(`\n${line}\n`);
		size = (await handle.stat()).size;
	} finally {
		await handle.close();
	}
	if (size > rotateAt) await rotate(folder, compact);
}

/**
 * Moves the current file aside and compacts the one before it. A process that has just opened the current file
 * still writes to it under its new name, so that no line is lost; the file that is compacted was moved aside a
 * whole file ago.
 */
async function rotate(folder: string, compact: Compact): Promise<void> {
	const at = (name: string) => path.join(folder, name);
	const lock = at('tasks.lock');
	if (!(await takeLock(lock))) return;
	try {
		// Somebody else may just have done it.
		const {size} = await stat(at(current)).catch(() => ({size: 0}));
		if (size <= rotateAt) return;
		const old = await Promise.all([readText(at(archive)), readText(at(previous))]);
		const lines = compact(old.flatMap((text) => text.split('\n')).filter((line) => line !== ''));
		const fresh = `${at(archive)}.new`;
		await writeFile(fresh, lines.map((line) => `${line}\n`).join(''), {mode: readableByOwnerOnly});
		await rename(fresh, at(archive));
		await rename(at(current), at(previous));
	} finally {
		await rmdir(lock).catch(() => {});
	}
}

async function takeLock(lock: string): Promise<boolean> {
	for (const last of [false, true]) {
		try {
			await mkdir(lock);
			return true;
		} catch (error) {
			if (last || systemCode(error) !== 'EEXIST') return false;
			const {mtimeMs} = await stat(lock).catch(() => ({mtimeMs: Date.now()}));
			if (Date.now() - mtimeMs < staleLock) return false;
			await rmdir(lock).catch(() => {});
		}
	}
	return false;
}

async function readText(file: string): Promise<string> {
	return (await requireFile(file)) ? await readFile(file, 'utf8') : '';
}

/** The last bytes of a file as text. */
async function readEnd(file: string, bytes: number): Promise<string> {
	if (!(await requireFile(file))) return '';
	const handle = await open(file);
	try {
		const {size} = await handle.stat();
		const length = Math.min(size, bytes);
		const {buffer} = await handle.read(Buffer.alloc(length), 0, length, size - length);
		return buffer.toString();
	} finally {
		await handle.close();
	}
}

/**
 * Whether a file is there. A pipe in its place would be waited for without end.
 * @throws Error when something else is in its place
 */
async function requireFile(file: string): Promise<boolean> {
	try {
		const stats = await stat(file);
		if (stats.isFile()) return true;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return false;
		throw error;
	}
	throw new Error(`${file} is no regular file`);
}
