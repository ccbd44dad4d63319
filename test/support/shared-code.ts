import {closeSync, existsSync, linkSync, mkdirSync, openSync, readdirSync, readSync} from 'node:fs';
import path from 'node:path';

const codeOf = (cacheHome: string) => path.join(cacheHome, 'kling-cli', 'code');

/** Whether code was compiled by a run that succeeded. Other code would be compiled again by each test file. */
function isTrained(file: string): boolean {
	const descriptor = openSync(file, 'r');
	try {
		const start = Buffer.alloc(200);
		readSync(descriptor, start);
		return /^kling code .* trained\n/.test(start.toString('latin1'));
	} finally {
		closeSync(descriptor);
	}
}

/** Links the files of one folder that are missing in another. */
function linkFiles(from: string, to: string): void {
	mkdirSync(to, {recursive: true, mode: 0o700});
	for (const name of readdirSync(from)) {
		const [source, target] = [path.join(from, name), path.join(to, name)];
		// A temporary file is not complete yet.
		if (/\.\d+$/.test(name) || existsSync(target)) continue;
		try {
			if (isTrained(source)) linkSync(source, target);
		} catch {
			// It was replaced, already exists, or is on another disk; then the program compiles it again.
		}
	}
}

/** Gives a cache of its own what V8 has compiled of the program so far. */
export function seedCode(cacheHome: string): void {
	const shared = process.env.KLING_TEST_CODE;
	if (shared !== undefined) linkFiles(shared, codeOf(cacheHome));
}

/** Lets other caches have what was compiled for this one. */
export function keepCode(cacheHome: string): void {
	const shared = process.env.KLING_TEST_CODE;
	if (shared !== undefined && existsSync(codeOf(cacheHome))) linkFiles(codeOf(cacheHome), shared);
}

/** The caches that the test files of this worker share. */
const caches = new Set<string>();

/**
 * Lets test files share the program's compiled code, and nothing else from its cache, because otherwise each
 * of them compiles the same commands. Files are replaced and never changed, so a link is as good as a copy.
 */
export function shareCode(cacheHome: string): void {
	caches.add(cacheHome);
	seedCode(cacheHome);
}

/** Between two test files: takes what other workers have compiled meanwhile, and gives them what this one has. */
export function exchangeCode(): void {
	for (const cache of caches) {
		keepCode(cache);
		seedCode(cache);
	}
}
