import {Flags} from '@oclif/core';
import {decimalNumber} from '../flags/parsers.js';
import {accountFlags} from '../flags/shared.js';

const units = (name: string, description: string) =>
	Flags.custom<number>({
		helpValue: 'UNITS',
		description,
		parse: decimalNumber(name, 0, 1e9, 'invalid_units'),
	})();

/**
 * What a server may do: flags of the command that serves, and of the one that configures clients to start
 * it.
 */
export const serveFlags = {
	'allow-spend': units(
		'allow-spend',
		'most units that a session may spend on videos and sounds; default: none',
	),
	'allow-image-spend': units(
		'allow-image-spend',
		'most image units that a session may spend; they differ from video units; default: none',
	),
	'ask-above': units('ask-above', 'let a person confirm each submission that costs more'),
	'allow-unknown-price': Flags.boolean({description: 'also submit tasks whose price is unknown'}),
	root: Flags.string({
		helpValue: 'DIR',
		description: 'the only folder that tools read from and write to',
		defaultHelp: async () => 'the current folder',
	}),
	tools: Flags.string({
		helpValue: 'NAME,…',
		description:
			'offer only these tools, such as create_video,wait,download: each takes up space in the context of the agent',
		defaultHelp: async () => 'all',
	}),
	tag: Flags.string({
		helpValue: 'KEY=VALUE',
		description: 'label for everything that is submitted, such as agent=claude; repeat it for several',
		multiple: true,
		multipleNonGreedy: true,
	}),
	...accountFlags,
};
