import {Args} from '@oclif/core';
import {KlingCommand} from '../cli/base-command.js';
import type {Documents} from '../cli/documents.js';

export default class Schema extends KlingCommand<Documents['schema']> {
	static override description = `Show the JSON Schema of what a command prints.

Without a name, it lists all schemas: most commands, error for failures, and batch manifest for lists of shots. Documents only gain fields that may be left out; anything else is in the changelog. Sends nothing.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> video status',
		'<%= config.bin %> <%= command.id %> error > error.schema.json',
	];

	static override args = {
		name: Args.string({
			description: 'words of the command, such as video status',
			multiple: true,
			ignoreStdin: true,
		}),
	};

	async run(): Promise<Documents['schema']> {
		const {args} = await this.parse(Schema);
		const {readSchema, schemaFiles} = await import('../cli/describe/schemas.js');
		const names = this.config.commands.map(({id}) => id.replaceAll(':', ' '));
		const files = await schemaFiles(this.config.root, names);
		if (args.name !== undefined && args.name.length > 0) {
			return readSchema(files, args.name.join(' ').replaceAll(':', ' '));
		}
		const schemas = [...files.keys()].sort().map((name) => ({name}));
		return {success: true, schemas, count: schemas.length};
	}
}
