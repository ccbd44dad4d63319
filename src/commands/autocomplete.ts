import path from 'node:path';
import {Args} from '@oclif/core';
import {KlingCommand} from '../cli/base-command.js';
import {ownName} from '../completion/own-name.js';
import {setups} from '../completion/shell-scripts.js';
import {type Shell, shells} from '../completion/shells.js';

/** What a shell is called by its program. */
const programs: Readonly<Record<string, Shell>> = {
	...Object.fromEntries(shells.map((shell) => [shell, shell])),
	pwsh: 'powershell',
};

export default class Autocomplete extends KlingCommand {
	static override description = `Tell how to set up completion with TAB.

Completes commands, flags, values, files and the ids of tasks that this machine has submitted, in bash, zsh, fish and PowerShell. Without SHELL, for your usual one, which $SHELL names. Nothing is changed: run the lines that are printed.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> fish',
		'eval "$(<%= config.bin %> <%= command.id %> script bash)"',
	];

	static override args = {
		shell: Args.string({
			options: [...shells],
			description: 'for which shell',
			ignoreStdin: true,
		}),
	};

	// Its text is for people and shells, whoever asks.
	static override baseFlags = {};

	async run(): Promise<undefined> {
		this.documentStream = process.stderr;
		const {args} = await this.parse(Autocomplete);
		const usual = programs[path.basename(this.config.shell).replace(/\.exe$/i, '')];
		const chosen = (args.shell as Shell | undefined) ?? usual;
		const texts = (chosen === undefined ? shells : [chosen]).map(instructions);
		if (args.shell === undefined && usual !== undefined) texts.push(otherShells(usual));
		this.log(texts.join('\n\n'));
		return undefined;
	}
}

/** The shell that runs may be another than the usual one, and does not tell. */
function otherShells(usual: Shell): string {
	const [first, ...rest] = shells.filter((shell) => shell !== usual);
	return `For another shell: ${ownName()} autocomplete ${first} (or ${rest.join(', ')})`;
}

function instructions(shell: Shell): string {
	const lines = setups[shell](ownName()).map((line) => `  ${line}`);
	return [
		`To complete ${ownName()} in ${shell}, run this once, then open a new ${shell}:`,
		'',
		...lines,
	].join('\n');
}
