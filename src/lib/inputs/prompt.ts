import {createReadStream} from 'node:fs';
import {KlingError} from '../errors/kling-error.js';
import {readError} from '../fs/file-errors.js';
import {limits} from './limits.js';

export interface PromptSources {
	/** The command-line argument; `-` means stdin. */
	argument: string | undefined;
	/** A file to read it from; `-` means stdin. */
	file: string | undefined;
	/**
	 * Called only when a source is `-`, because merely opening stdin makes Node change the mode of a pipe.
	 */
	stdin: () => AsyncIterable<string | Uint8Array>;
}

/** Reading stops after this many bytes, which is more than any prompt with surrounding white space. */
const maxBytes = 64 * 1024;

/**
 * Reads the prompt from the one place it was given in; undefined when it was not given. Text from a file or
 * stdin is trimmed.
 * @throws KlingError `conflicting_input` for two places, `missing_prompt` for an empty one, `invalid_prompt`
 * for one that is too long, `read_error`
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

/** Refuses a prompt that is only a file name or a URL, because that never describes a video. */
function refuseNames(prompt: string): string {
	const word = prompt.trim();
	const [, end = ''] =
		/^\S+\.(txt|md|json|png|jpe?g|webp|gif|heic|mp4|mov|webm|mkv|mp3|wav|m4a)$/i.exec(word) ?? [];
	const isAddress = /^https?:\/\/\S+$/i.test(word);
	if (end === '' && !isAddress) return prompt;
	const what = isAddress ? 'an address' : 'the name of a file';
	throw new KlingError('invalid_prompt', `The prompt '${word.slice(0, 200)}' is ${what}, not a description`, {
		hint: /^(txt|md|json)$/i.test(end)
			? `To read the prompt from it: --prompt-file ${word.replace(/^@/, '')}`
			: 'Describe what to show; pictures, clips and sounds are given with flags: see --help.',
	});
}

function checked(prompt: string, where?: string): string {
	const named = where === undefined ? 'The prompt' : `The prompt ${where}`;
	// Besides spaces, such as zero-width ones and byte order marks.
	if (!/[^\s\p{Cc}\p{Cf}]/u.test(prompt)) throw new KlingError('missing_prompt', `${named} is empty`);
	const length = [...prompt].length;
	// Model and standard decide which of the two limits applies.
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
		if (size > maxBytes) {
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
