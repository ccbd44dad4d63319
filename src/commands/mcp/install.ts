import os from 'node:os';
import path from 'node:path';
import {Args, Flags, type Interfaces} from '@oclif/core';
import {KlingCommand} from '../../cli/base-command.js';
import type {Documents} from '../../cli/documents.js';
import {serveFlags} from '../../cli/mcp/serve-flags.js';
import {accountWords} from '../../cli/task-context.js';
import {parseTags} from '../../lib/cost/tags.js';
import {
	type ClientName,
	clientNames,
	configFile,
	configText,
	isOfProject,
	type ServerStart,
	writeConfig,
} from '../../lib/mcp/clients.js';

export default class McpInstall extends KlingCommand<Documents['mcp install']> {
	static override description = `Show how a client starts the server, or write it into its configuration.

Prints the configuration, and the file that it belongs in; nothing is changed without --write. claude (Claude Code), cursor and vscode have a file in the project, claude-desktop and codex one in your home. No keys are in it: the server uses those of kling auth login, or of the environment that the client gives it. The other flags are those of kling mcp serve.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> claude --allow-spend 20',
		'<%= config.bin %> <%= command.id %> vscode --allow-spend 20 --ask-above 5 --write',
		'<%= config.bin %> <%= command.id %> codex --query config --raw',
	];

	static override args = {
		client: Args.string({
			description: 'the program that starts the server',
			options: [...clientNames],
			required: true,
			ignoreStdin: true,
		}),
	};
	static override flags = {
		print: Flags.boolean({description: 'only print it; the default', exclusive: ['write']}),
		write: Flags.boolean({description: 'write it into the file; what else is in it stays'}),
		...serveFlags,
	};

	async run(): Promise<Documents['mcp install']> {
		const {args, flags} = await this.parse(McpInstall);
		parseTags(flags.tag ?? []);
		const client = args.client as ClientName;
		const start = this.#start(client, flags);
		const file = configFile(client, {
			folder: process.cwd(),
			home: os.homedir(),
			platform: process.platform,
			env: process.env,
		});
		if (flags.write) await writeConfig(client, start, file);
		return {success: true, client, file, config: configText(client, start), written: Boolean(flags.write)};
	}

	/**
	 * A project's file is shared, so it must not name a folder of this machine. Desktop programs have neither
	 * PATH nor a working folder.
	 */
	#start(client: ClientName, flags: ServeFlags): ServerStart {
		const shared = isOfProject(client);
		const root = shared
			? flags.root
			: client === 'codex' && flags.root === undefined
				? undefined
				: path.resolve(flags.root ?? '.');
		const words = ['mcp', 'serve', ...serveWords({...flags, root}), ...accountWords(flags)];
		if (shared) return {command: this.config.bin, args: words};
		return {command: process.execPath, args: [path.join(this.config.root, 'bin', 'run.js'), ...words]};
	}
}

type ServeFlags = Interfaces.InferredFlags<typeof serveFlags>;

/** The words that pass the same flags to the server. */
function serveWords(flags: ServeFlags): string[] {
	const valued = ['allow-spend', 'allow-image-spend', 'ask-above', 'root', 'tools'] as const;
	return [
		...valued.flatMap((name) => (flags[name] === undefined ? [] : [`--${name}`, String(flags[name])])),
		...(flags['allow-unknown-price'] ? ['--allow-unknown-price'] : []),
		...(flags.tag ?? []).flatMap((tag) => ['--tag', tag]),
	];
}
