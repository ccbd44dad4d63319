import {linkSync, mkdirSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {afterAll} from 'vitest';

const codeOf = (cacheHome: string) => path.join(cacheHome, 'kling-cli', 'code');

/** Gives a folder the files of another one that it does not have. */
function linkFiles(from: string, to: string): void {
	mkdirSync(to, {recursive: true, mode: 0o700});
	for (const name of readdirSync(from)) {
		// A draft is not whole yet.
		if (/\.\d+$/.test(name)) continue;
		try {
			linkSync(path.join(from, name), path.join(to, name));
		} catch {
			// It is there, or on another disk: then the program compiles it again.
		}
	}
}

/** Gives a cache of its own what V8 has compiled of the program so far. */
export function seedCode(cacheHome: string): void {
	const shared = process.env.KLING_TEST_CODE;
	if (shared !== undefined) linkFiles(shared, codeOf(cacheHome));
}

/**
 * Lets files of tests share what V8 compiled of the program, and nothing else that is in a cache: otherwise each of them compiles the
 * same commands anew. Files are replaced and never changed, so that a link is as good as a copy.
 */
export function shareCode(cacheHome: string): void {
	const shared = process.env.KLING_TEST_CODE;
	if (shared === undefined) return;
	const own = codeOf(cacheHome);
	seedCode(cacheHome);
	afterAll(() => linkFiles(own, shared));
}
