import {linkSync, mkdirSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {afterAll} from 'vitest';

const codeOf = (cacheHome: string) => path.join(cacheHome, 'kling-cli', 'code');

/** Links the files of one folder that are missing in another. */
function linkFiles(from: string, to: string): void {
	mkdirSync(to, {recursive: true, mode: 0o700});
	for (const name of readdirSync(from)) {
		// A temporary file is not complete yet.
		if (/\.\d+$/.test(name)) continue;
		try {
			linkSync(path.join(from, name), path.join(to, name));
		} catch {
			// It already exists, or is on another disk; then the program compiles it again.
		}
	}
}

/** Gives a cache of its own what V8 has compiled of the program so far. */
export function seedCode(cacheHome: string): void {
	const shared = process.env.KLING_TEST_CODE;
	if (shared !== undefined) linkFiles(shared, codeOf(cacheHome));
}

/**
 * Lets test files share the program's compiled code, and nothing else from its cache, because otherwise each
 * of them compiles the same commands. Files are replaced and never changed, so a link is as good as a copy.
 */
export function shareCode(cacheHome: string): void {
	const shared = process.env.KLING_TEST_CODE;
	if (shared === undefined) return;
	const own = codeOf(cacheHome);
	seedCode(cacheHome);
	afterAll(() => linkFiles(own, shared));
}
