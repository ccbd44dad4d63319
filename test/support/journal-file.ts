import {readdirSync} from 'node:fs';
import path from 'node:path';

/**
 * The journal of the only account that a program has used.
 * @param home the data folder of the program
 */
export function journalFile(home: string): string {
	const accounts = readdirSync(path.join(home, 'journal'));
	if (accounts.length !== 1) throw new Error(`${accounts.length} accounts in ${home}`);
	return path.join(home, 'journal', String(accounts[0]), 'tasks.ndjson');
}
