import type {Hook} from '@oclif/core';
import {KlingError} from '../lib/errors/kling-error.js';
import {nearest} from '../suggest.js';

/** Suggests, and never runs the guess: it could be a command that costs money. */
const hook: Hook.CommandNotFound = async ({config, id, argv = []}) => {
	// oclif joins the words of an unknown command with colons, arguments included.
	const typed = [...id.split(':'), ...argv].filter((word) => !word.startsWith('-'));
	const names = config.commands
		.filter((command) => !command.hidden)
		.map((command) => command.id.replaceAll(':', config.topicSeparator));
	const guess = [3, 2, 1].map((count) => nearest(typed.slice(0, count).join(' '), names)).find(Boolean);
	throw new KlingError('unknown_command', `Unknown command: ${config.bin} ${typed.join(' ')}`, {
		hint: guess && `Did you mean \`${config.bin} ${guess}\`? \`${config.bin} help\` lists all commands.`,
	});
};

export default hook;
