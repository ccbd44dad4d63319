/*
 * The JSON Schemas of what commands print, from the types in src/cli/documents.ts. The generator brings a TypeScript 5 of its own: the
 * TypeScript 7 that checks the program has no such interface.
 */
import {mkdir, readdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {
	createFormatter,
	createParser,
	createProgram,
	EnumType,
	SchemaGenerator,
} from 'ts-json-schema-generator';
import {tsImport} from 'tsx/esm/api';

const dialect = 'http://json-schema.org/draft-07/schema#';

/** The names of the error table, whose type the generator cannot resolve. */
const errorCodes = (codes) => ({
	supportsNode: (node) => node.typeName?.escapedText === 'ErrorCode',
	createType: () => new EnumType('ErrorCode', codes),
});

function schemaOf(root, type, file, codes) {
	const config = {
		path: path.join(root, file),
		tsconfig: path.join(root, 'tsconfig.json'),
		type,
		// Types are checked elsewhere.
		skipTypeCheck: true,
		expose: 'none',
		topRef: false,
		jsDoc: 'extended',
		additionalProperties: false,
		sortProps: true,
	};
	const program = createProgram(config);
	const parser = createParser(program, config, (chain) => chain.addNodeParser(errorCodes(codes)));
	return new SchemaGenerator(program, parser, createFormatter(config), config).createSchema(type);
}

/**
 * Writes schemas/documents/<command>.json for each command, and error.json next to them.
 * @returns the keys of each command's documents; keys that only some documents have end in a question mark
 */
export async function writeDocumentSchemas(root) {
	const folder = path.join(root, 'schemas', 'documents');
	await mkdir(folder, {recursive: true});
	for (const name of await readdir(folder)) await rm(path.join(folder, name));
	const write = (name, schema) =>
		writeFile(path.join(folder, `${name}.json`), `${JSON.stringify(schema, undefined, '\t')}\n`);
	const {errorCodes: codes} = await tsImport('../src/lib/errors/error-table.ts', import.meta.url);
	const documents = schemaOf(root, 'Documents', 'src/cli/documents.ts', codes);
	const error = schemaOf(root, 'ErrorDocument', 'src/lib/errors/kling-error.ts', codes);
	await write('error', {...error, $schema: dialect, title: 'What a command prints that fails'});
	const keys = {};
	for (const [command, {description, ...document}] of Object.entries(documents.properties)) {
		const title = `What \`kling ${command}\` prints, unless it fails (error.json)`;
		await write(command.replaceAll(' ', '-'), {$schema: dialect, title, description, ...document});
		keys[command] = keysOf(document);
	}
	return keys;
}

function keysOf(schema) {
	const kinds = schema.anyOf ?? [schema];
	const names = [...new Set(kinds.flatMap(({properties = {}}) => Object.keys(properties)))].sort();
	const isSure = (name) => kinds.every(({required = []}) => required.includes(name));
	return names.map((name) => (isSure(name) ? name : `${name}?`));
}
