import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {KlingError} from '../../lib/errors/kling-error.js';
import {readError} from '../../lib/fs/file-errors.js';
import type {SchemaDocument} from '../document-types/describe.js';
import {nearest} from '../errors/suggest.js';

/** Schemas other than those of a command's documents, by file below schemas/. */
const others: Readonly<Record<string, string>> = {
	error: path.join('documents', 'error.json'),
	'batch manifest': 'batch-manifest.json',
};

/**
 * The program's schemas: files by name, which is either the command's name or one of `others`.
 * @param root folder of the program
 * @param commands names of all commands
 */
export async function schemaFiles(root: string, commands: readonly string[]): Promise<Map<string, string>> {
	const folder = path.join(root, 'schemas');
	const documents = path.join(folder, 'documents');
	const there = new Set(
		await readdir(documents).catch((error: unknown) => Promise.reject(readError(error, documents))),
	);
	const fileOf = (command: string) => `${command.replaceAll(' ', '-')}.json`;
	const files = new Map(Object.entries(others).map(([name, file]) => [name, path.join(folder, file)]));
	for (const command of commands) {
		if (there.has(fileOf(command))) files.set(command, path.join(documents, fileOf(command)));
	}
	return files;
}

/** @throws KlingError `unknown_command` for a name without a schema */
export async function readSchema(files: ReadonlyMap<string, string>, name: string): Promise<SchemaDocument> {
	const file = files.get(name);
	if (file === undefined) {
		const near = nearest(name, [...files.keys()]);
		throw new KlingError('unknown_command', `There is no schema for '${name}'`, {
			hint: near ? `Did you mean: kling schema ${near}` : 'List all of them: kling schema',
		});
	}
	try {
		return JSON.parse(await readFile(file, 'utf8')) as SchemaDocument;
	} catch (error) {
		throw readError(error, file);
	}
}
