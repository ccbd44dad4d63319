import {KlingError} from '../../lib/errors/kling-error.js';
import {flagStyle} from './other-tools-flags.js';

/** Names that other programs, and Kling's documentation, use for flags with secrets. */
const secretFlag = /^(api|access|secret)?-?(key|token|secret|password|pass|credentials?|ak|sk)(-id)?$/;

/** Whether a flag, as typed, names a secret. */
export const namesSecret = (word: string): boolean => secretFlag.test(flagStyle(word));

/**
 * Whether a word could be a key: long, without spaces, and with both letters and digits. Task ids have only
 * digits.
 */
export const looksLikeKey = (word: string): boolean =>
	/^[\w.+/=-]{20,}$/.test(word) && /\d/.test(word) && /[a-z]/i.test(word) && !/\.\w{2,5}$|^kling-/.test(word);

/**
 * Values of flags that look as if they held a secret: they are never printed.
 * @param argv all that was typed
 */
export function secretsIn(argv: readonly string[]): string[] {
	return argv.flatMap((word, at) => {
		const [, name = '', value] = /^(?:-{0,2})([a-z][\w-]*)(?:=(.*))?$/is.exec(word) ?? [];
		const isFlag = word.startsWith('-') || value !== undefined;
		if (!isFlag || !namesSecret(flagStyle(name).replace(/^kling-/, ''))) return [];
		const next = argv[at + 1];
		if (value !== undefined) return [value];
		return next === undefined || next.startsWith('-') ? [] : [next];
	});
}

/** The error for a secret on the command line, which others can read there. It is not repeated. */
export const secretOnLine = ({bin}: {bin: string}) =>
	new KlingError(
		'invalid_flag',
		'A secret must not be on a command line, where other programs and the history of the shell can read it',
		{
			hint: `Let kling ask for it: ${bin} auth login; or pipe it in: ${bin} auth login --with-stdin < keys.json. Replace the key if others may have seen it.`,
		},
	);
