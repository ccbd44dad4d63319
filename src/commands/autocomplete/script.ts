import {Args} from '@oclif/core';
import {KlingCommand} from '../../cli/base-command.js';
import {ownName} from '../../completion/own-name.js';
import {adapter} from '../../completion/shell-scripts.js';
import {type Shell, shells} from '../../completion/shells.js';

export default class AutocompleteScript extends KlingCommand {
	static override description = `Print what a shell needs to complete kling.

A few lines that ask kling at each TAB, so they stay the same when kling or its plugins change. Put them in a file that the shell reads, or evaluate them.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> bash >> ~/.bashrc',
		'source <(<%= config.bin %> <%= command.id %> zsh)',
		'<%= config.bin %> <%= command.id %> fish | source',
	];

	static override args = {
		shell: Args.string({
			options: [...shells],
			description: 'for which shell',
			required: true,
			ignoreStdin: true,
		}),
	};

	static override baseFlags = {};

	async run(): Promise<undefined> {
		// A shell would run what is on stdout, errors too.
		this.documentStream = process.stderr;
		const {args} = await this.parse(AutocompleteScript);
		this.log(adapter(args.shell as Shell, ownName()).trimEnd());
		return undefined;
	}
}
