import {randomBytes} from 'node:crypto';
import {mkdirSync, readdirSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {openState, readState} from 'kling-cli';

/** The folder next to the files in which workers record what they made. */
const folderName = '.kling-farm';

/**
 * What happened to jobs whose files are in a folder, written by every worker into a file of its own: it outlives the queue.
 * @param {string} output absolute path
 * @param {string} account whose tasks: those of others have the same names where their lists are the same
 * @param {() => number} now Unix milliseconds
 */
export function openFolderJournal(output, account, now) {
	const folder = path.join(output, folderName, account);
	mkdirSync(folder, {recursive: true});
	const name = `${os.hostname().replaceAll(/[^\w.-]/g, '_')}-${process.pid}-${randomBytes(3).toString('hex')}`;
	const own = openState(path.join(folder, `${name}.ndjson`), now);
	let byId = read(folder);
	return {
		/** The content when the journal was last read, from all workers. */
		linesOf: (externalId) => byId.get(externalId) ?? [],
		add: (line) => own.add(line),
		/** Reads it again: other workers have written to it. */
		refresh() {
			byId = read(folder);
		},
		close: () => own.close(),
	};
}

function read(folder) {
	const byId = new Map();
	for (const file of readdirSync(folder).filter((name) => name.endsWith('.ndjson'))) {
		for (const line of readState(path.join(folder, file))) {
			const {external_task_id: id} = line;
			if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), line]);
		}
	}
	return byId;
}
