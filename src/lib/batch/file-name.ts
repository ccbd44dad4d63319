import path from 'node:path';
import {isReservedName} from '../downloads/name-template.js';
import {isFolder, numbered} from '../downloads/output-path.js';
import {fillTemplate, parseTemplate, variablesIn} from './template.js';

/** Parts of a file name that only the finished task can provide. */
export const taskPlaceholders = ['task_id', 'video_id', 'date', 'ext', 'index'] as const;

/** The file of a shot if neither the user nor the manifest names one. */
const defaultFile = '{batch}/{id}.{ext}';

/** Where files go. */
export interface FilePlaces {
	/** The user's template, and the folder that it is relative to. */
	output: string | undefined;
	outputFolder: string;
	/** The folder of the manifest; names in the manifest are relative to it. */
	folder: string;
}

const maxWordLength = 80;

/** A text as part of a file name on every system; letters of every script are kept. */
export function fileNameWord(text: string): string {
	const word = [...text.replaceAll(/[^\p{L}\p{N}_.-]+/gu, '_').replace(/^[.-]/, '_')]
		.slice(0, maxWordLength)
		.join('')
		.replace(/\.$/, '_');
	return isReservedName(word) ? `_${word}` : word;
}

/** Placeholders of which each alone distinguishes the tasks of a batch. */
const telling = ['take', 'task_id', 'video_id'];

/**
 * The absolute path of a job's file; placeholders that only its task can fill in are left in braces.
 * @param job its own template, if it has one, and the values to fill in
 */
export function fileTemplateOf(
	job: {file: string | undefined; take: number; words: Readonly<Record<string, string>>},
	{output, outputFolder, folder}: FilePlaces,
): string {
	const [given, base] =
		job.file !== undefined
			? [job.file, folder]
			: output === undefined
				? [defaultFile, folder]
				: [output, outputFolder];
	// A word after -o that names no kind of file, such as `clips`, is meant as a folder.
	const isBareWord = job.file === undefined && !given.includes('{') && path.extname(given) === '';
	const isDirectory = isBareWord || isFolder(path.resolve(base, given)) || /[/\\]$/.test(given);
	const whole = isDirectory ? `${given.replace(/[/\\]$/, '')}/{id}.{ext}` : given;
	const parts = parseTemplate(whole);
	const filled = fillTemplate(parts, {
		variable: (name) =>
			taskPlaceholders.some((word) => word === name) ? `{${name}}` : fileNameWord(job.words[name] ?? ''),
		reference: () => '',
	});
	const isTold = variablesIn(parts).some((name) => telling.includes(name));
	const marked = job.take > 1 && !isTold ? withTake(filled, job.take) : filled;
	return path.resolve(base, marked);
}

/** `fox.mp4` becomes `fox-2.mp4` for the second take. */
function withTake(file: string, take: number): string {
	const {dir, name, ext} = path.posix.parse(file);
	return path.posix.join(dir, `${name}-${take}${ext}`);
}

/** The paths of a task's files, as far as they are known before the task exists; the second picture of `fox.png` is `fox-2.png`. */
export function knownFiles(template: string, ext: string, pictures = 1): string[] {
	const isNumbered = template.includes('{index}');
	return Array.from({length: pictures}, (_, at) => {
		const one = knownFile(template.replaceAll('{index}', String(at + 1)), ext);
		return at === 0 || isNumbered ? one : one && numbered(one, at + 1);
	}).filter((file) => file !== undefined);
}

/** The path of a file, as far as it is known before the task exists. */
export function knownFile(template: string, ext: string): string | undefined {
	const filled = template.replaceAll('{ext}', ext);
	return taskPlaceholders.some((word) => filled.includes(`{${word}}`)) ? undefined : filled;
}
