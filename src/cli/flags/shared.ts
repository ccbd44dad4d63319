import {Flags} from '@oclif/core';
import {type Region, regionNames} from '../../lib/config/regions.js';
import {limits} from '../../lib/inputs/limits.js';
import {taskTypeNames} from '../../lib/task-types/index.js';
import type {TaskName} from '../../lib/task-types/registry.js';
import {type ApiChoice, apiChoices} from '../../lib/task-types/standard.js';
import {withErrorCode} from './facts.js';
import {decimalNumber, durationMs, limitedText, wholeNumber} from './parsers.js';

/** Without it, a task's type comes from this machine's journal. */
const typeFlagOf = Flags.custom<TaskName>({
	char: 't',
	description: 'type of the task: the command that made it',
	options: [...taskTypeNames],
	defaultHelp: async () => 'create, or as this machine submitted it',
});

export const typeFlag = () => withErrorCode('invalid_type', typeFlagOf());

export const concurrencyFlag = Flags.custom<number>({
	helpValue: 'NUMBER',
	description: 'requests to send at once for several tasks, 1-64',
	default: 8,
	parse: wholeNumber('concurrency', 1, 64, 'invalid_concurrency'),
});

/** Flags of commands that wait. */
export const waitFlags = {
	timeout: Flags.custom<number>({
		helpValue: 'DURATION',
		description: 'how long to wait, such as 90s, 30m or 2h',
		default: 30 * 60_000,
		defaultHelp: async () => '30m',
		parse: durationMs('timeout', 'invalid_timeout'),
	}),
	interval: Flags.custom<number>({
		helpValue: 'DURATION',
		description: 'time between two checks, instead of 5-10 s',
		parse: durationMs('interval', 'invalid_interval'),
	}),
};

const regionFlag = Flags.custom<Region>({
	description: 'servers to use: global (Singapore) or cn (Beijing); each has its own accounts',
	defaultHelp: async () => 'global',
	options: regionNames,
})();

export const profileFlag = Flags.custom<string>({
	helpValue: 'NAME',
	description: 'profile whose credentials to use; see `kling auth list`',
	defaultHelp: async () => 'keys in the environment, else the current profile',
	parse: async (input) => (await import('../../lib/config/profiles.js')).checkProfileName(input.trim()),
});

/** The API standard that a request uses. */
const apiFlag = Flags.custom<ApiChoice>({
	description:
		'API standard: v1, the older one; tasks, the newer one, which takes an API key; or auto, the newer one where possible',
	options: [...apiChoices],
	defaultHelp: async () => 'KLING_API_STANDARD, else what the profile says, else auto',
})();

/** Flags of every command that contacts Kling or reads an account's data. */
export const accountFlags = {region: regionFlag, profile: profileFlag(), api: apiFlag};

/** Only for commands that list. */
export const csvFlag = Flags.boolean({
	description: 'print CSV instead of JSON: a header line, then one line per row; errors go to stderr',
});

export const verboseFlag = (description: string) => Flags.boolean({char: 'v', description});

export const negativeFlag = Flags.string({
	helpValue: 'TEXT',
	description: `what must not appear, at most ${limits.prompt} characters`,
	parse: limitedText('negative', limits.prompt, 'invalid_prompt'),
});

export const cfgScaleFlag = Flags.custom<number>({
	helpValue: 'NUMBER',
	description: 'how closely to follow the prompt, 0-1',
	parse: decimalNumber('cfg-scale', 0, 1, 'invalid_cfg_scale'),
});
