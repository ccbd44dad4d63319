import {Args} from '@oclif/core';
import {KlingCommand} from '../cli/base-command.js';
import type {Documents} from '../cli/documents.js';
import {KlingError} from '../lib/errors/kling-error.js';

export default class Commands extends KlingCommand<Documents['commands']> {
	static override description = `Describe the commands for programs: flags, types, exit codes, costs.

Lists every command with its arguments and flags, their types, defaults and choices, the exit codes it can end with, and whether it can cost money. Words limit the list to the commands that begin with them. Commands of plugins are included. Sends nothing.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --query "commands[].name"',
		'<%= config.bin %> <%= command.id %> video create',
		'<%= config.bin %> <%= command.id %> --query "commands[?costs_money].name" --raw',
	];

	static override args = {
		words: Args.string({
			description: 'first words of the commands, such as video or video create',
			multiple: true,
			ignoreStdin: true,
		}),
	};

	async run(): Promise<Documents['commands'] | undefined> {
		const {args} = await this.parse(Commands);
		const [{describeCommands}, {schemaFiles}] = await Promise.all([
			import('../cli/describe/commands.js'),
			import('../cli/describe/schemas.js'),
		]);
		const prefix = (args.words ?? []).join(' ').replaceAll(':', ' ');
		const names = this.config.commands.map(({id}) => id.replaceAll(':', ' '));
		const schemas = await schemaFiles(this.config.root, names);
		const document = await describeCommands(this.config, prefix, {schemas, types: this.types});
		if (document.count > 0) return this.mode.human && !this.query ? this.#overview(document) : document;
		throw new KlingError('unknown_command', `No command begins with '${prefix}'`, {
			hint: 'See all of them: kling commands --query "commands[].name"',
		});
	}

	/** People can use --help for the rest. */
	async #overview({commands, count}: Documents['commands']): Promise<undefined> {
		const rows = commands.map(({name, summary, costs_money}) => ({name, summary, costs_money}));
		await this.print({success: true, commands: rows, count});
		return undefined;
	}
}
