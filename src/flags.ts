import {Args, Flags} from '@oclif/core';
import {type Region, regionNames} from './lib/config/regions.js';
import type {ErrorCode} from './lib/errors/error-table.js';
import {KlingError} from './lib/errors/kling-error.js';
import {type TaskType, taskTypeNames} from './lib/tasks/task-types.js';

/** Kling's own ids have 18 digits, external ids are the user's; a longer one was pasted by mistake. */
const maxIdLength = 256;

function idArg(noun: string, missing: ErrorCode, invalid: ErrorCode) {
	return async (input: string): Promise<string> => {
		const id = input.trim();
		if (id === '') throw new KlingError(missing, `The ${noun} is empty`);
		const bad = (rule: string) => new KlingError(invalid, `The ${noun} ${rule}`);
		if (id.length > maxIdLength) throw bad(`is longer than ${maxIdLength} characters`);
		if (/[\u0000-\u0020\u007F-\u009F]/.test(id)) throw bad('holds a space or a control character');
		if (/^\.+$/.test(id)) throw bad(`'${id}' is not an id`);
		return id;
	};
}

export const taskIdArg = Args.string({
	name: 'task_id',
	description: 'task id, or the external id that the task was submitted with',
	required: true,
	// oclif would otherwise read a missing argument from stdin, and eat the input of a surrounding loop.
	ignoreStdin: true,
	parse: idArg('task id', 'missing_task_id', 'invalid_task_id'),
});

/** The id of a clip. */
export const videoIdArg = (required: boolean) =>
	Args.string({
		name: 'video_id',
		description: 'video_id of a finished task, as `kling video status` shows it (not the task id)',
		required,
		ignoreStdin: true,
		parse: idArg('video id', 'missing_video_id', 'invalid_video_id'),
	});

export const typeFlag = Flags.custom<TaskType>({
	char: 't',
	description: 'type of the task: the name of the command that made it',
	options: taskTypeNames,
	default: 'create',
});

export const regionFlag = Flags.custom<Region>({
	description: 'whose servers: global (Singapore) or cn (Beijing); each has its own accounts',
	defaultHelp: async () => 'global',
	options: regionNames,
})();

/** @returns a parser of whole numbers between two bounds, both allowed */
export function wholeNumber(flag: string, min: number, max: number, code: ErrorCode) {
	return async (input: string): Promise<number> => {
		const value = /^\d+$/.test(input.trim()) ? Number(input) : Number.NaN;
		if (value >= min && value <= max) return value;
		throw new KlingError(code, `--${flag} '${input}' is not a whole number from ${min} to ${max}`);
	};
}

/** @returns a parser of decimal numbers between two bounds, both allowed */
export function decimalNumber(flag: string, min: number, max: number, code: ErrorCode) {
	return async (input: string): Promise<number> => {
		const value = /^(\d+\.?\d*|\.\d+)$/.test(input.trim()) ? Number(input) : Number.NaN;
		if (value >= min && value <= max) return value;
		throw new KlingError(code, `--${flag} '${input}' is not a number from ${min} to ${max}`);
	};
}

/** @returns a parser of texts of limited length, in characters as people count them (code points) */
export function limitedText(flag: string, max: number, code: ErrorCode) {
	return async (input: string): Promise<string> => {
		const length = [...input].length;
		if (length <= max) return input;
		throw new KlingError(code, `--${flag} has ${length} characters; ${max} are allowed`);
	};
}

/** Flags of every command. */
export const globalFlags = {
	human: Flags.boolean({
		description: 'text for people in place of JSON',
		helpGroup: 'GLOBAL',
	}),
	json: Flags.boolean({
		description: 'one JSON document on stdout; the default, and it beats --human',
		helpGroup: 'GLOBAL',
	}),
	quiet: Flags.boolean({
		char: 'q',
		description: 'no progress and no notes on stderr',
		helpGroup: 'GLOBAL',
	}),
};

export const verboseFlag = (description: string) => Flags.boolean({char: 'v', description});
