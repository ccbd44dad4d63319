import {stripVTControlCharacters} from 'node:util';
import {type Command, CommandHelp, Help} from '@oclif/core';
import {statusesOf} from '../../lib/errors/exit-statuses.js';
import {capabilitiesOf} from '../describe/capabilities.js';
import {helpWordFor, unknownHelp} from '../errors/unknown-command.js';
import {hasPluginTypes, loadTypes, withPluginTypes} from '../plugin-task-types.js';
import {helpTopic} from './topics.js';
import {breakCommand, fill} from './wrap.js';

/** oclif's help for a command, with exit statuses, and with examples that fit the width and can be copied. */
class OneCommandHelp extends CommandHelp {
	protected override sections() {
		const body = () => this.exitStatuses();
		return [...super.sections(), {header: 'EXIT STATUSES', generate: body}];
	}

	private exitStatuses(): string | undefined {
		const {command} = this;
		// The exit statuses of plugin commands that are not based on KlingCommand are unknown.
		if (command.pluginType !== 'core' && !('request-timeout' in (command.flags ?? {}))) return undefined;
		const statuses = statusesOf(capabilitiesOf(command) ?? []).map(({status, brief}) => `${status} ${brief}`);
		const program = command.id === 'sandbox exec' ? ['those of the program, or'] : [];
		const lines = fill(
			[...program, ...statuses.join(',\n').split('\n')],
			this.opts.maxWidth - this.indentSpacing,
		);
		return [...lines, `See ${this.config.bin} help exit-codes`].join('\n');
	}

	/** oclif leaves a space after a flag that another one needs. */
	protected override defaultUsage(): string {
		return super.defaultUsage().replaceAll(' ]', ']');
	}

	/** oclif forgets the section's indent when it puts descriptions on separate lines. */
	override renderList(...[input, opts]: Parameters<CommandHelp['renderList']>): string {
		const text = super.renderList(input, opts);
		const width = this.opts.maxWidth - this.indentSpacing;
		const fits = stripVTControlCharacters(text)
			.split('\n')
			.every((line) => line.length <= width);
		return fits
			? text
			: super.renderList(input, {...opts, indentation: opts.indentation + this.indentSpacing});
	}

	protected override examples(examples: Command.Example[] | string | undefined): string | undefined {
		const text = super.examples(examples);
		return text
			?.split('\n')
			.map((line) => breakCommand(line, this.opts.maxWidth - this.indentSpacing))
			.join('\n');
	}
}

/** oclif's help, extended, and tolerant of inexact names. */
export default class KlingHelp extends Help {
	protected override CommandHelpClass = OneCommandHelp;

	/** Adds plugin types to the values of `--type`, because the manifest does not include them. */
	protected override formatCommand(command: Command.Loadable): string {
		const plugins = [...this.config.plugins.values()];
		if (!hasPluginTypes(plugins)) return super.formatCommand(command);
		// Flaws in a plugin's description are reported by commands that use its types.
		const {types} = loadTypes(plugins);
		return super.formatCommand({...command, flags: withPluginTypes(command.flags, types)});
	}

	/** Adds what to type first, and the flags that are not listed with any command. */
	override formatRoot(): string {
		const {bin} = this.config;
		const section = (header: string, lines: string[]) => this.section(header, lines.join('\n'));
		return [
			super.formatRoot(),
			section('FLAGS', [
				'-h, --help  show help, also for a topic or a command',
				'--version   show the version',
			]),
			section('EXAMPLES', [
				`$ ${bin} sandbox exec -- ${bin} video create "a red fox" --download fox.mp4`,
				`$ ${bin} auth login`,
				`$ ${bin} video create "a red fox in snow" --download fox.mp4`,
			]),
		].join('\n\n');
	}

	/** Excludes commands that are also topics, because those are listed among the topics. */
	protected override get sortedCommands(): Command.Loadable[] {
		const topics = new Set(this.sortedTopics.map(({name}) => name));
		return super.sortedCommands.filter(({id}) => !topics.has(id));
	}

	override async showHelp(argv: string[]): Promise<void> {
		try {
			await super.showHelp(argv);
		} catch (error) {
			const id = error instanceof Error ? /^Command (.+) not found/s.exec(error.message)?.[1] : undefined;
			if (id === undefined) throw error;
			const words = id.split(':');
			const asked = helpWordFor(this.config, words);
			const text = asked && helpTopic(asked);
			if (!text) throw unknownHelp(this.config, words);
			this.log(text);
		}
	}
}
