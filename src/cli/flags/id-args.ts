import {Args} from '@oclif/core';
import type {ErrorCode} from '../../lib/errors/error-table.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {withFacts} from './facts.js';

/**
 * Kling's own ids have 18 digits; external ids are chosen by users. Anything longer was pasted by mistake.
 */
export const maxIdLength = 256;

/** What certainly is not an id, and what was probably meant. */
const impossibleIds: readonly {pattern: RegExp; what: string; hint: (id: string, noun: string) => string}[] =
	[
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
			pattern: /\.(txt|csv|json|ndjson|jsonl|ya?ml)$/i,
			what: 'the name of a file',
			hint: (id, noun) =>
				noun === 'video id'
					? 'Give the video_id that `kling video status TASK_ID` shows.'
					: `To read ids from it, one per line, type - < ${id}`,
		},
		{
			pattern: /,/,
			what: 'a list separated by commas',
			hint: (id) => `Separate ids with spaces: ${id.split(',').filter(Boolean).join(' ')}`,
		},
		{
			pattern: /^@(?!last$)/,
			what: 'not an id',
			hint: () => 'Only @last stands for a task, the newest one. `kling video history` lists the others.',
		},
	];

/** Whether it has the form of Kling's own ids: it then breaks no rule. */
const isUsual = (input: string) => input.length <= maxIdLength && /^\d+$/.test(input);

function idArg(noun: string, missing: ErrorCode, invalid: ErrorCode) {
	const parse = async (input: string): Promise<string> => {
		// Pasting from --query output can leave JSON quotes around the id.
		if (isUsual(input)) return input;
		const id = input.trim().replace(/^["'\u2018-\u201F]+|["'\u2018-\u201F]+$/gu, '');
		if (id === '') throw new KlingError(missing, `The ${noun} is empty`);
		const bad = (rule: string) => new KlingError(invalid, `The ${noun} ${rule}`);
		if (id.length > maxIdLength) throw bad(`is longer than ${maxIdLength} characters`);
		if (/[\u0000-\u0020\u007F-\u009F]/.test(id)) throw bad('contains a space or a control character');
		const shape = impossibleIds.find(({pattern}) => pattern.test(id));
		if (shape)
			throw new KlingError(invalid, `The ${noun} '${id}' is ${shape.what}`, {hint: shape.hint(id, noun)});
		if (/^\.+$/.test(id)) throw bad(`'${id}' is not an id`);
		return id;
	};
	return withFacts(parse, {code: missing});
}

/** Checks an id; throws the reason why it cannot be one. */
export const checkTaskId = idArg('task id', 'missing_task_id', 'invalid_task_id');

/** One or more task ids. */
export const taskIdsArg = Args.string({
	name: 'task_id',
	description:
		'task id, or the external id that the task was submitted with; @last is the newest task; - reads ids from stdin',
	required: true,
	multiple: true,
	// Otherwise oclif would read a missing argument from stdin, and consume the input of a surrounding loop.
	ignoreStdin: true,
	parse: checkTaskId,
});

/** The video id of a clip. */
export const videoIdArg = (required: boolean) =>
	Args.string({
		name: 'video_id',
		description:
			'video_id of a finished task, as `kling video status` shows it; @last is the clip of the newest task',
		required,
		ignoreStdin: true,
		parse: idArg('video id', 'missing_video_id', 'invalid_video_id'),
	});
