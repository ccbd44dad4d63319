import path from 'node:path';
import {makeFolder} from '../fs/make-folder.js';
import {readOwnFile} from '../fs/own-file.js';
import {writeAtomically} from '../fs/write-atomic.js';
import type {Session} from '../tasks/task-context.js';
import type {AssetKind} from './kinds.js';

type Table = Record<string, unknown>;

type Place = {journal: Pick<Session['journal'], 'folder'>};

const fileOf = ({journal: {folder}}: Place) => path.join(folder, 'names.json');

const maxBytes = 1 << 20;

const tableOf = (value: unknown): Table =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};

/**
 * The ids by name that this machine knows for the account. An unreadable file counts as empty, because Kling
 * knows all names.
 */
export function knownNames(place: Place, kind: AssetKind): Map<string, string> {
	const ids = Object.entries(tableOf(readNames(place)[kind]));
	return new Map(ids.flatMap(([name, id]) => (typeof id === 'string' ? [[name, id]] : [])));
}

function readNames(place: Place): Table {
	try {
		const read = readOwnFile(fileOf(place), maxBytes);
		return typeof read === 'object' ? tableOf(JSON.parse(read.text)) : {};
	} catch {
		return {};
	}
}

/** Stores the id of a name, or removes it. If that fails, Kling is asked each time. */
export function keepName(place: Place, kind: AssetKind, name: string, id: string | undefined): void {
	const names = readNames(place);
	const {[name]: _, ...others} = tableOf(names[kind]);
	const table = id === undefined ? others : {...others, [name]: id};
	try {
		makeFolder(path.dirname(fileOf(place)));
		writeAtomically(fileOf(place), `${JSON.stringify({...names, [kind]: table}, undefined, '\t')}\n`);
	} catch {
		// Looking the name up again costs a request, but no money.
	}
}
