import {existsSync} from 'node:fs';
import path from 'node:path';
import {Args, Flags} from '@oclif/core';
import {KlingCommand} from '../../cli/base-command.js';
import type {Documents} from '../../cli/documents.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {fileError} from '../../lib/fs/file-errors.js';
import {readRegularFile} from '../../lib/fs/regular-file.js';
import {writeNewFile} from '../../lib/fs/write-new-file.js';

export default class BatchInit extends KlingCommand<Documents['batch init']> {
	static override description = `Write an example of a list of shots.

Writes YAML with comments, CSV or JSONL, depending on the file name. You can plan the example as it is. An existing file is never replaced. --schema writes a JSON Schema next to it, so that editors can complete and check the keys.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> film.yaml',
		'<%= config.bin %> <%= command.id %> film.yaml --schema',
		'<%= config.bin %> <%= command.id %> film.csv',
	];

	static override capabilities = [] as const;

	static override args = {
		file: Args.string({
			name: 'file',
			description: 'file to write: NAME.yaml, NAME.csv or NAME.jsonl',
			required: true,
			ignoreStdin: true,
		}),
	};

	static override flags = {
		schema: Flags.boolean({description: 'also write NAME.schema.json, for editors'}),
	};

	async run(): Promise<Documents['batch init'] | undefined> {
		const {args, flags} = await this.parse(BatchInit);
		const {exampleKinds, exampleList} = await import('../../lib/batch/example.js');
		const {name, ext, dir} = path.parse(args.file);
		const schema = flags.schema ? `${name}.schema.json` : undefined;
		const text = exampleList(ext, name, schema);
		if (text === undefined) {
			throw new KlingError('invalid_argument', `${args.file} is not one of ${exampleKinds.join(', ')}`, {
				hint: 'Name it shots.yaml, shots.csv or shots.jsonl.',
			});
		}
		const list = path.resolve(args.file);
		if (schema === undefined) {
			write(list, text);
			return {success: true, file: list};
		}
		const schemaFile = path.resolve(dir, schema);
		// The list is written last: if this is killed in between, the same line completes it.
		if (!existsSync(list)) await writeSchema(schemaFile);
		write(list, text);
		return {success: true, file: list, schema: schemaFile};
	}
}

async function writeSchema(file: string): Promise<void> {
	const {manifestSchema} = await import('../../cli/batch/manifest-schema.js');
	const text = `${JSON.stringify(manifestSchema(), undefined, 2)}\n`;
	if (!holds(file, text)) write(file, text);
}

function holds(file: string, text: string): boolean {
	try {
		return readRegularFile(file) === text;
	} catch {
		return false;
	}
}

function write(file: string, text: string): void {
	try {
		writeNewFile(path.resolve(file), text);
	} catch (error) {
		const known = fileError(error, path.resolve(file));
		throw known.code === 'file_exists' ? known.with({hint: 'Choose another name.'}) : known;
	}
}
