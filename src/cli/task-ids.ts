import {createInterface} from 'node:readline';
import type {Notes} from '../lib/output/progress.js';

/** Whether more than one task was named: then each gets a line of its own. */
export function namesMany(ids: readonly string[]): boolean {
	return ids.length > 1 || ids.includes('-');
}

/** The ids, with those on stdin, one a line and not yet checked, in the place of `-`; each once. */
export async function readIds(ids: readonly string[], notes: Pick<Notes, 'line'>): Promise<string[]> {
	const all = new Set<string>();
	for (const id of ids) {
		if (id !== '-') {
			all.add(id);
			continue;
		}
		if (process.stdin.isTTY) notes.line('Reading ids from stdin, one a line; end with Ctrl-D');
		for await (const line of createInterface({input: process.stdin})) {
			if (line.trim() !== '') all.add(line.trim());
		}
	}
	return [...all];
}
