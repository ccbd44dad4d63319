import path from 'node:path';
import {makeFolder} from '../fs/make-folder.js';
import {readOwnFile} from '../fs/own-file.js';
import {writeAtomically} from '../fs/write-atomic.js';
import type {Session} from '../tasks/task-context.js';
import type {AssetKind} from './kinds.js';

type Table = Record<string, unknown>;

type Place = {journal: Pick<Session['journal'], 'folder'>};

const fileOf = ({journal: {folder}}: Place) => path.join(folder, 'names.json');

const mostBytes = 1 << 20;

const tableOf = (value: unknown): Table =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};

/** The ids by name, as far as this machine knows them for the account. What cannot be read is none: Kling knows them all. */
export function knownNames(place: Place, kind: AssetKind): Map<string, string> {
	const ids = Object.entries(tableOf(readNames(place)[kind]));
	return new Map(ids.flatMap(([name, id]) => (typeof id === 'string' ? [[name, id]] : [])));
}

function readNames(place: Place): Table {
	try {
		const read = readOwnFile(fileOf(place), mostBytes);
		return typeof read === 'object' ? tableOf(JSON.parse(read.text)) : {};
	} catch {
		return {};
	}
}

/** Keeps the id of a name, or forgets it. A machine that cannot write asks Kling each time. */
export function keepName(place: Place, kind: AssetKind, name: string, id: string | undefined): void {
	const names = readNames(place);
	const {[name]: _, ...others} = tableOf(names[kind]);
	const table = id === undefined ? others : {...others, [name]: id};
	try {
		makeFolder(path.dirname(fileOf(place)));
		writeAtomically(fileOf(place), `${JSON.stringify({...names, [kind]: table}, undefined, '\t')}\n`);
	} catch {
		// Looking it up again costs a request, and no money.
	}
}
