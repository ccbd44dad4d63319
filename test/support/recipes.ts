import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect} from 'vitest';
import type {Newcomer} from './newcomer.js';

/** The page whose recipes the tests run as they are written. */
export const recipes = 'docs/recipes.md';

/** Writes files into the newcomer's folder, by name. */
export function write({cwd}: Newcomer, files: Record<string, string>): void {
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(path.dirname(path.join(cwd, name)), {recursive: true});
		writeFileSync(path.join(cwd, name), text);
	}
}

/** What is in `clips/`, whole files and parts. */
export function clips({cwd}: Newcomer): string[] {
	const folder = path.join(cwd, 'clips');
	return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Checks that there are this many tasks, and one per external id: nobody has paid twice. */
export function paidOnce(user: Newcomer, times: number): void {
	const made = user.made();
	expect(made).toHaveLength(times);
	expect(new Set(made).size).toBe(times);
}
