import {createReadStream} from 'node:fs';
import {KlingError} from '../errors/kling-error.js';
import {readError} from '../fs/file-errors.js';
import {limits} from './limits.js';

export interface PromptSources {
	/** What stands on the command line; `-` is stdin. */
	argument: string | undefined;
	/** A file to read it from; `-` is stdin. */
	file: string | undefined;
	/** Asked for only when a source says `-`: Node changes the mode of a pipe that it merely opens. */
	stdin: () => AsyncIterable<string | Uint8Array>;
}

/** Bytes after which reading ends: more than any prompt has, with white space around it. */
const mostBytes = 64 * 1024;

/**
 * The prompt, from the one place that it was given in; undefined when it was given in none. Text of a file or
 * of stdin loses the white space around it.
 * @throws KlingError `conflicting_input` for two places, `missing_prompt` for an empty one, `invalid_prompt` for
 * one that is too long, `read_error`
 */
export async function readPrompt({argument, file, stdin}: PromptSources): Promise<string | undefined> {
	if (argument !== undefined && file !== undefined) {
		throw new KlingError('conflicting_input', 'Both a PROMPT and --prompt-file were given', {
			hint: 'Give the prompt in one place.',
		});
	}
	const source = argument ?? file;
	if (source === undefined) return undefined;
	if (source === '-') return checked(await readText(stdin(), 'stdin'), 'from stdin');
	if (file === undefined) return checked(refuseNames(source));
	if (file.trim() === '')
		throw new KlingError('read_error', '--prompt-file is empty: give the name of a file');
	try {
		return checked(await readText(createReadStream(file), file), `in ${file}`);
	} catch (error) {
		throw readError(error, file, '--prompt-file');
	}
}

/** What nobody describes a video with: the name of a file, or an address, and nothing else. */
function refuseNames(prompt: string): string {
	const word = prompt.trim();
	const [, end = ''] =
		/^\S+\.(txt|md|json|png|jpe?g|webp|gif|heic|mp4|mov|webm|mkv|mp3|wav|m4a)$/i.exec(word) ?? [];
	const isAddress = /^https?:\/\/\S+$/i.test(word);
	if (end === '' && !isAddress) return prompt;
	const what = isAddress ? 'an address' : 'the name of a file';
	throw new KlingError('invalid_prompt', `The prompt '${word.slice(0, 200)}' is ${what}, not a description`, {
		hint: /^(txt|md|json)$/i.test(end)
			? `To read the prompt from it: --prompt-file ${word}`
			: 'Describe what to show; pictures, clips and sounds are given with flags: see --help.',
	});
}

function checked(prompt: string, where?: string): string {
	const named = where === undefined ? 'The prompt' : `The prompt ${where}`;
	if (prompt.trim() === '') throw new KlingError('missing_prompt', `${named} is empty`);
	const length = [...prompt].length;
	// Whether it is the longer or the shorter limit, the model and the standard decide.
	if (length <= limits.longPrompt) return prompt;
	throw new KlingError(
		'invalid_prompt',
		`${named} has ${length} characters; ${limits.prompt} are allowed, and ${limits.longPrompt} by some models`,
	);
}

async function readText(stream: AsyncIterable<string | Uint8Array>, name: string): Promise<string> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of stream) {
		const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
		chunks.push(bytes);
		size += bytes.length;
		if (size > mostBytes) {
			throw new KlingError('invalid_prompt', `${name} holds more than ${limits.prompt} characters`);
		}
	}
	try {
		return new TextDecoder('utf-8', {fatal: true}).decode(Buffer.concat(chunks)).trim();
	} catch (cause) {
		throw new KlingError('invalid_prompt', `${name} is not text in UTF-8`, {
			cause,
			hint: 'Save the prompt as UTF-8.',
		});
	}
}
