import {Args, Flags} from '@oclif/core';
import {type Region, regionNames} from '../../lib/config/regions.js';
import type {ErrorCode} from '../../lib/errors/error-table.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {limits} from '../../lib/inputs/limits.js';
import type {Query} from '../../lib/output/query.js';
import {taskTypeNames} from '../../lib/task-types/index.js';
import type {TaskName} from '../../lib/task-types/registry.js';
import {type ApiChoice, apiChoices} from '../../lib/task-types/standard.js';
import {coded, withFacts} from './facts.js';

/** Milliseconds. A timer of Node holds 24.8 days; one that is longer would fire at once. */
const longestMs = 24 * 86_400_000;

/** Kling's own ids have 18 digits, external ids are the user's; a longer one was pasted by mistake. */
export const maxIdLength = 256;

/** What is certainly no id, and what was probably meant. */
const noIds: readonly {pattern: RegExp; what: string; hint: (id: string, noun: string) => string}[] = [
	{
		pattern: /^[a-z][a-z\d+.-]*:\/\//i,
		what: 'an address',
		hint: (_, noun) =>
			noun === 'video id'
				? 'Give the video_id that `kling video status TASK_ID` shows. A video at an address can be the source of: kling video create "…" --ref-video URL; or: kling video add-sound --url URL'
				: 'Give the task_id that the submitting command printed; `kling video history` lists them.',
	},
	{
		pattern: /[/\\]|\.(mp4|mov|webm|mkv|m4v|avi|mp3|wav|png|jpe?g|webp|gif)$/i,
		what: 'the name of a file',
		hint: (id, noun) =>
			noun === 'video id'
				? 'Local files cannot be sent: give the video_id that `kling video status TASK_ID` shows, or for add-sound --url with an address.'
				: `If the result is to be saved there, type -o ${id}`,
	},
	{
		pattern: /,/,
		what: 'a list with commas',
		hint: (id) => `Separate ids with spaces: ${id.split(',').filter(Boolean).join(' ')}`,
	},
	{
		pattern: /^@(?!last$)/,
		what: 'no id',
		hint: () => 'Only @last stands for a task: the newest one. `kling video history` lists the others.',
	},
];

function idArg(noun: string, missing: ErrorCode, invalid: ErrorCode) {
	const parse = async (input: string): Promise<string> => {
		// A shell keeps the quotes of JSON that --query prints.
		const id = input.trim().replace(/^["'\u2018-\u201F]+|["'\u2018-\u201F]+$/gu, '');
		if (id === '') throw new KlingError(missing, `The ${noun} is empty`);
		const bad = (rule: string) => new KlingError(invalid, `The ${noun} ${rule}`);
		if (id.length > maxIdLength) throw bad(`is longer than ${maxIdLength} characters`);
		if (/[\u0000-\u0020\u007F-\u009F]/.test(id)) throw bad('holds a space or a control character');
		const shape = noIds.find(({pattern}) => pattern.test(id));
		if (shape)
			throw new KlingError(invalid, `The ${noun} '${id}' is ${shape.what}`, {hint: shape.hint(id, noun)});
		if (/^\.+$/.test(id)) throw bad(`'${id}' is not an id`);
		return id;
	};
	return withFacts(parse, {code: missing});
}

/** An id as it is sent, or the reason why it cannot be one. */
export const checkTaskId = idArg('task id', 'missing_task_id', 'invalid_task_id');

/** One or more tasks. */
export const taskIdsArg = Args.string({
	name: 'task_id',
	description:
		'task id, or the external id that the task was submitted with; @last is the newest task; - reads ids from stdin',
	required: true,
	multiple: true,
	// oclif would otherwise read a missing argument from stdin, and eat the input of a surrounding loop.
	ignoreStdin: true,
	parse: checkTaskId,
});

/** The id of a clip. */
export const videoIdArg = (required: boolean) =>
	Args.string({
		name: 'video_id',
		description:
			'video_id of a finished task, as `kling video status` shows it; @last is the clip of the newest task',
		required,
		ignoreStdin: true,
		parse: idArg('video id', 'missing_video_id', 'invalid_video_id'),
	});

/** Without it, the journal tells the type of tasks of this machine. */
const typeFlagOf = Flags.custom<TaskName>({
	char: 't',
	description: 'type of the task: the command that made it',
	options: [...taskTypeNames],
	defaultHelp: async () => 'create, or as this machine submitted it',
});

export const typeFlag = () => coded('invalid_type', typeFlagOf());

export const concurrencyFlag = Flags.custom<number>({
	helpValue: 'NUMBER',
	description: 'requests at once, with several tasks, 1-64',
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

/** Which standard of the API a request goes to. */
const apiFlag = Flags.custom<ApiChoice>({
	description:
		'standard of the API: v1, the older one; tasks, the newer one, which takes an API key; auto, the newer one where it can be used',
	options: [...apiChoices],
	defaultHelp: async () => 'auto, or KLING_API_STANDARD, or as the profile says',
})();

/** Flags of every command that talks to Kling, or looks for what belongs to an account. */
export const accountFlags = {region: regionFlag, profile: profileFlag(), api: apiFlag};

/** The error of a flag; under the general code the rule is the hint, too: the table knows of no rule for it. */
const badFlag = (code: ErrorCode, message: string, rule: string) =>
	new KlingError(code, message, code === 'invalid_flag' ? {hint: `Use ${rule}.`} : {});

/**
 * @param code for flags of plugins `invalid_flag`, which says what to do by itself
 * @returns a parser of whole numbers between two bounds, both allowed
 */
export function wholeNumber(flag: string, min: number, max: number, code: ErrorCode = 'invalid_flag') {
	const rule = `a whole number from ${min} to ${max}`;
	const parse = async (input: string): Promise<number> => {
		const value = /^\d+$/.test(input.trim()) ? Number(input) : Number.NaN;
		if (value >= min && value <= max) return value;
		throw badFlag(code, `--${flag} '${input}' is not ${rule}`, rule);
	};
	return withFacts(parse, {code, schema: {type: 'integer', minimum: min, maximum: max}});
}

/** @returns a parser of decimal numbers between two bounds, both allowed */
export function decimalNumber(flag: string, min: number, max: number, code: ErrorCode = 'invalid_flag') {
	const rule = `a number from ${min} to ${max}`;
	const parse = async (input: string): Promise<number> => {
		const value = /^(\d+(?:\.\d*)?|\.\d+)$/.test(input.trim()) ? Number(input) : Number.NaN;
		if (value >= min && value <= max) return value;
		throw badFlag(code, `--${flag} '${input}' is not ${rule}`, rule);
	};
	return withFacts(parse, {code, schema: {type: 'number', minimum: min, maximum: max}});
}

const unitMs: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000};

/** @returns a parser of durations such as 90s, 30m, 1.5h or 2d, always with a unit; gives milliseconds above 0 */
export function durationMs(flag: string, code: ErrorCode = 'invalid_flag', mostMs = longestMs) {
	const rule = 'a duration such as 90s, 30m or 2h';
	const parse = async (input: string): Promise<number> => {
		const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(input.trim()) ?? [];
		const value = Number(number) * (unitMs[unit] ?? Number.NaN);
		if (value > mostMs) {
			const most = `at most ${Math.floor(mostMs / 86_400_000)}d`;
			throw badFlag(code, `--${flag} '${input.slice(0, 40)}' is too long: ${most} are allowed`, most);
		}
		if (value > 0) return value;
		throw badFlag(code, `--${flag} '${input}' is not ${rule}`, rule);
	};
	return withFacts(parse, {code});
}

/** Milliseconds, a hundred years: what a span may be that sets no timer. */
export const longestSpanMs = 36_500 * 86_400_000;

/** @returns a parser of moments such as 0, 1.5s or 1500ms; a bare number is seconds; gives whole milliseconds */
export function momentMs(flag: string) {
	const parse = async (input: string): Promise<number> => {
		const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(input.trim()) ?? [];
		const value = Math.round(Number(number) * (unitMs[unit] ?? Number.NaN));
		if (value <= longestMs) return value;
		throw badFlag(
			'invalid_flag',
			`--${flag} '${input}' is not a moment such as 1.5s`,
			'a number and s or ms',
		);
	};
	return withFacts(parse, {code: 'invalid_flag'});
}

const unitBytes: Readonly<Record<string, number>> = {'': 1, k: 1 << 10, m: 1 << 20, g: 1 << 30};

/** @returns a parser of speeds such as 500K or 5M, with the units of curl; gives bytes for each second, above 0 */
export function byteRate(flag: string, code: ErrorCode) {
	const parse = async (input: string): Promise<number> => {
		const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([kmg]?)$/i.exec(input.trim()) ?? [];
		const value = Number(number) * (unitBytes[unit.toLowerCase()] ?? Number.NaN);
		if (value >= 1 && value <= Number.MAX_SAFE_INTEGER) return value;
		throw new KlingError(code, `--${flag} '${input}' is not a speed such as 500K or 5M`);
	};
	return withFacts(parse, {code});
}

/** @returns a parser of one or several of the given words, separated by commas */
export function someOf<T extends string>(flag: string, words: readonly T[], code: ErrorCode) {
	const parse = async (input: string): Promise<T[]> =>
		input.split(',').map((part) => {
			const word = words.find((known) => known === part.trim());
			if (word !== undefined) return word;
			throw new KlingError(code, `--${flag} '${part}' is none of ${words.join(', ')}`);
		});
	return withFacts(parse, {code});
}

/** What to type instead of something that is no address. */
function addressHint(flag: string, url: string): {hint?: string} {
	const isBare =
		/^[\w-]+(\.[\w-]+)*(:\d+)?(\/|$)/.test(url) && (/^[^/]+\.[a-z]{2,}/i.test(url) || /^[^/]+:\d+/.test(url));
	if (flag === 'callback-url') {
		const start = isBare
			? `Add the beginning: http://${url} or https://${url}. `
			: 'Give an http or https address. ';
		return {hint: `${start}Kling must be able to reach it from the internet.`};
	}
	if (
		/\.(mp4|mov|webm|mkv|m4v|avi)$/i.test(url) &&
		!/^[^/]+\.[a-z]{2,}\//i.test(url) &&
		!/^[a-z]+:\/\//i.test(url)
	) {
		return {
			hint: 'Local files cannot be sent: upload the video to where Kling can reach it, and give that address.',
		};
	}
	if (/^(ftp|s3|gs|file|sftp):\/\//i.test(url)) return {hint: 'Kling fetches http and https addresses only.'};
	return isBare ? {hint: `Did you mean https://${url}?`} : {};
}

/** @returns a parser of addresses that Kling is to fetch */
export function address(flag: string) {
	const parse = async (input: string) => {
		const url = input.trim();
		if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url;
		throw new KlingError(
			'invalid_url',
			`--${flag} '${input}' is not an http or https address`,
			addressHint(flag, url),
		);
	};
	return withFacts(parse, {code: 'invalid_url'});
}

/** @returns a parser of texts of limited length, in characters as people count them (code points) */
export function limitedText(flag: string, max: number, code: ErrorCode = 'invalid_flag') {
	const parse = async (input: string): Promise<string> => {
		const length = [...input].length;
		if (length <= max) return input;
		throw badFlag(
			code,
			`--${flag} has ${length} characters; ${max} are allowed`,
			`at most ${max} characters`,
		);
	};
	return withFacts(parse, {code, schema: {type: 'string', maxLength: max}});
}

const requestTimeout = durationMs('request-timeout', 'invalid_timeout');

/** Flags of every command. */
export const globalFlags = {
	human: Flags.boolean({
		description: 'print text for people instead of JSON',
		helpGroup: 'GLOBAL',
	}),
	json: Flags.boolean({
		description: 'print one JSON document on stdout; the default, and it overrides --human',
		helpGroup: 'GLOBAL',
	}),
	query: coded(
		'invalid_query',
		Flags.custom<Query>({
			helpValue: 'EXPR',
			description: "part of the document to print: JMESPath, such as tasks[?status=='failed'].task_id",
			helpGroup: 'GLOBAL',
			parse: async (input) => (await import('../../lib/output/query.js')).compileQuery(input),
		})(),
	),
	raw: Flags.boolean({
		description: 'with --query: print a text or number without quotes, and a list of them one per line',
		dependsOn: ['query'],
		helpGroup: 'GLOBAL',
	}),
	quiet: Flags.boolean({
		char: 'q',
		description: 'print no progress and no notes on stderr',
		helpGroup: 'GLOBAL',
	}),
	debug: Flags.boolean({
		description: 'print a line on stderr for each request, without secrets, for bug reports',
		helpGroup: 'GLOBAL',
	}),
	'request-timeout': Flags.custom<number>({
		helpValue: 'DURATION',
		description: 'time limit for one request; default: 30 s for its first byte and for each silence',
		helpGroup: 'GLOBAL',
		parse: requestTimeout,
	})(),
	'ca-file': coded(
		'invalid_config',
		Flags.string({
			helpValue: 'PATH',
			description: 'also trust the certificates in this file (PEM)',
			helpGroup: 'GLOBAL',
		}),
	),
};

/** Only of commands that list. */
export const csvFlag = Flags.boolean({
	description: 'print CSV instead of JSON: a line of names, then one line per row; errors go to stderr',
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
