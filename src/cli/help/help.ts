import {stripVTControlCharacters} from 'node:util';
import {type Command, CommandHelp, Help} from '@oclif/core';
import {type Capability, statusesOf} from '../../lib/errors/exit-statuses.js';
import {asksAbout, unknownHelp} from '../errors/unknown-command.js';
import {hasPluginTypes, loadTypes, withPluginTypes} from '../plugin-task-types.js';
import {helpTopic} from './topics.js';
import {breakCommand, fill} from './wrap.js';

/** oclif's commands for plugins declare nothing themselves. */
const capabilitiesOf = ({id, capabilities}: Command.Loadable): readonly Capability[] =>
	(capabilities as readonly Capability[] | undefined) ?? (id.startsWith('plugins') ? ['npm'] : []);

/** oclif's help of a command, with exit statuses, and examples that fit and can be copied. */
class OneCommandHelp extends CommandHelp {
	protected override sections() {
		const body = () => this.exitStatuses();
		return [...super.sections(), {header: 'EXIT STATUSES', generate: body}];
	}

	private exitStatuses(): string | undefined {
		const {command} = this;
		// Commands of plugins that are not built on ours end as they like.
		if (command.pluginType !== 'core' && !('request-timeout' in (command.flags ?? {}))) return undefined;
		const statuses = statusesOf(capabilitiesOf(command)).map(({status, brief}) => `${status} ${brief}`);
		const program = command.id === 'sandbox exec' ? ['those of the program, or'] : [];
		const lines = fill(
			[...program, ...statuses.join(',\n').split('\n')],
			this.opts.maxWidth - this.indentSpacing,
		);
		return [...lines, `See ${this.config.bin} help exit-codes`].join('\n');
	}

	/** oclif forgets the indent of the section where it puts descriptions on lines of their own. */
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

/** oclif's help, with more, and forgiving. */
export default class KlingHelp extends Help {
	protected override CommandHelpClass = OneCommandHelp;

	/** With the types of task of plugins as values of `--type`: the manifest is made without them. */
	protected override formatCommand(command: Command.Loadable): string {
		const plugins = [...this.config.plugins.values()];
		if (!hasPluginTypes(plugins)) return super.formatCommand(command);
		// Commands that take the types of a plugin report what is wrong with its description.
		const {types} = loadTypes(plugins);
		return super.formatCommand({...command, flags: withPluginTypes(command.flags, types)});
	}

	/** With what to type first, and the flags that no command lists. */
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

	/** Without commands that are also topics: those are listed among the topics. */
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
			const asked = asksAbout(this.config, words);
			const text = asked && helpTopic(asked);
			if (!text) throw unknownHelp(this.config, words);
			this.log(text);
		}
	}
}
