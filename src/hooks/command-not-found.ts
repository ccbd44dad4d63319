import type {Hook} from '@oclif/core';
import {KlingError} from '../lib/errors/kling-error.js';
import {nearest} from '../suggest.js';

/** Suggests, and never runs the guess: it could be a command that costs money. */
const hook: Hook.CommandNotFound = async ({config, id, argv = []}) => {
	// oclif joins the words of an unknown command with colons, arguments included.
	const words = [...id.split(':'), ...argv];
	const typed = words.filter((word) => !word.startsWith('-'));
	const names = config.commands
		.filter((command) => !command.hidden)
		.map((command) => command.id.replaceAll(':', config.topicSeparator));
	const guess = [3, 2, 1].map((count) => nearest(typed.slice(0, count).join(' '), names)).find(Boolean);

	const [first = ''] = words;
	if (first.startsWith('-')) {
		const [flag] = first.split('=');
		const hint = `Flags come after the command: \`${config.bin} ${guess ?? 'COMMAND'} ${flag}\`. \`${config.bin} help\` lists all commands.`;
		throw new KlingError('unknown_command', `There is no command before ${flag}`, {hint});
	}
	throw new KlingError('unknown_command', `Unknown command: ${config.bin} ${typed.join(' ')}`, {
		hint: guess && `Did you mean \`${config.bin} ${guess}\`? \`${config.bin} help\` lists all commands.`,
	});
};

export default hook;
