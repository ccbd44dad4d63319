import {apiErrorOf} from '../../lib/api/api-errors.js';
import {type ErrorCode, errorCodes, errorRow} from '../../lib/errors/error-table.js';
import {codesOf, exitStatuses} from '../../lib/errors/exit-statuses.js';
import {fill} from './wrap.js';

/** Ignores case, dashes and spaces: `exitcodes`, `exit codes` and `Exit-Codes` are the same. */
export const plain = (name: string) => name.toLowerCase().replaceAll(/[\s_-]/g, '');

/** Wraps a text into indented lines of 79 columns. */
const wrap = (text: string, indent: string) =>
	fill(text.split(' '), 79 - indent.length)
		.map((line) => indent + line)
		.join('\n');

/** Ends a text with a full stop, unless it already ends a sentence. */
const sentence = (text: string) => (/[.?!]$/.test(text) ? text : `${text}.`);

/** The help topic on all exit statuses. */
export function exitCodes(): string {
	const rows = exitStatuses.map(({status, meaning}) => {
		const codes = codesOf(status);
		const names = codes.length > 0 ? `\n${wrap(codes.join(', '), ' '.repeat(8))}` : '';
		return `  ${String(status).padEnd(6)}${wrap(meaning, ' '.repeat(8)).trimStart()}${names}`;
	});
	return `What the exit statuses mean, and the codes of errors that end with them.

${rows.join('\n')}

  They are the same with JSON and with --human. error.retryable says whether
  the same command may succeed later; error.hint, what to type next.
  More about one: kling help 11, or kling help submit_unknown. A code of
  Kling's own, error.api_code: kling help 1303
`;
}

/** What to do about an error code, as far as the code alone determines it. */
const advice = (code: ErrorCode) =>
	errorRow(code).hint ?? 'The error itself says what to do next, in error.hint.';

/**
 * Help on an exit status by its number, with advice for each of its error codes; undefined for an unknown
 * number.
 */
export function statusTopic(name: string): string | undefined {
	const found = exitStatuses.find(({status}) => String(status) === name);
	if (found === undefined) return undefined;
	const codes = codesOf(found.status).map((code) => `\n  ${code}\n${wrap(advice(code), ' '.repeat(6))}\n`);
	return `${wrap(sentence(`Exit status ${name}: ${found.meaning}`), '')}
${codes.join('')}
All of them: kling help exit-codes
`;
}

/** Help on an error code; undefined for an unknown one. */
export function errorTopic(name: string): string | undefined {
	const code = errorCodes.find((known) => plain(known) === plain(name));
	if (code === undefined) return undefined;
	const {exit, retryable = false} = errorRow(code);
	const meaning = exitStatuses.find(({status}) => status === exit)?.meaning;
	const again = retryable
		? 'The same command may succeed later.'
		: 'The same command gives the same error again, unless something else is changed.';
	return `${wrap(sentence(`${code}: exit status ${exit}, ${meaning}`), '')}

${wrap(advice(code), '  ')}

${wrap(again, '  ')}

All of them: kling help exit-codes
`;
}

/** Help on one of Kling's own codes, with this program's code for it; undefined for an unknown one. */
export function apiCodeTopic(name: string): string | undefined {
	const found = /^\d+$/.test(name) ? apiErrorOf(Number(name)) : undefined;
	if (found === undefined) return undefined;
	const {code, hint = advice(code)} = found;
	const text = `${name} is a code of Kling's own, which an error shows as api_code. Here the error is ${code}: exit status ${errorRow(code).exit}.`;
	return `${wrap(text, '')}

${wrap(hint, '  ')}

More about it: kling help ${code}
`;
}

/**
 * Finds an exit status or error code in a question such as `what does exit code 11 mean`.
 * @returns the word to pass to `kling help`; undefined when no number is known
 */
export const statusOrCodeIn = (words: readonly string[]): string | undefined =>
	words.find((word) => (statusTopic(word) ?? apiCodeTopic(word)) !== undefined);

/** Whether words are about exit statuses. `status` alone does not count, because commands have that name. */
export const isAboutExitStatus = (words: readonly string[]): boolean =>
	words.some((word) => /^(exit([-_]?(code|status))?|codes?|statuses|errors?)$/i.test(word));
