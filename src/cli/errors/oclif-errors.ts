import type {ErrorCode} from '../../lib/errors/error-table.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {commandLine} from '../../lib/output/shell.js';
import {factsOf} from '../flags/facts.js';
import {unknownFlag as adviseOnFlag, secretOnLine, secretsIn, surplusWords} from './advice.js';
import {valueHint} from './flag-values.js';
import {nearest} from './suggest.js';
import type {Token, TypedLine} from './typed-line.js';

/** The flags and arguments of the parsed command. Each carries its error code. */
export interface Definitions {
	flags?: Readonly<Record<string, object>> | undefined;
	args?: Readonly<Record<string, object>> | undefined;
	/** The typed command line, when a person typed it. */
	line?: TypedLine | undefined;
}

/** What oclif's parser adds to its errors. Each kind of error has some of it. */
interface ParserError extends Error {
	/** Missing arguments (objects) or surplus arguments (strings). */
	args?: readonly (string | {name?: string})[];
	/** Unknown flags, as typed. */
	flags?: readonly string[];
	/** The words as oclif parsed them. */
	parse?: unknown;
}

/**
 * Converts an error of oclif's parser to a KlingError. oclif would print argv and help texts.
 * @param definitions what is known about the command: error codes, and names for suggestions
 */
export function parseError(error: ParserError, {flags = {}, args = {}, line}: Definitions): KlingError {
	const message = plain(error.message);
	const codeOf = (definition: object | undefined, other: ErrorCode) =>
		factsOf(definition ?? {}).code ?? other;
	const hinted = (code: ErrorCode, text: string, hint?: string) =>
		new KlingError(code, text, {hint, cause: error});

	const [unknownFlag] = error.flags ?? [];
	if (unknownFlag !== undefined) {
		if (line) return adviseOnFlag(unknownFlag, line);
		const [name = unknownFlag] = unknownFlag.split('=');
		const meant = nearest(
			name,
			Object.keys(flags).map((flag) => `--${flag}`),
		);
		return hinted('invalid_flag', `Unknown flag ${name}`, meant && `Did you mean ${meant}?`);
	}
	const [arg] = error.args ?? [];
	if (typeof arg === 'string' && line) {
		if (secretsIn(line.argv).length > 0) return secretOnLine(line);
		return surplusWords(error.args as readonly string[], line, tokensOf(error));
	}
	if (typeof arg === 'string') return hinted('invalid_argument', `Unexpected argument: ${arg}`);
	if (arg !== undefined) {
		const name = arg.name ?? 'argument';
		return hinted(codeOf(args[name] ?? arg, 'invalid_argument'), `Missing argument: ${name.toUpperCase()}`);
	}
	const missingFlag = /Missing required flag (\S+)/.exec(message)?.[1];
	if (missingFlag !== undefined) {
		return hinted(
			codeOf(flags[missingFlag], 'invalid_flag'),
			`Missing flag: --${missingFlag}`,
			missingFlag === 'output' && line ? withOutput(line) : undefined,
		);
	}
	const flag = /--([a-z][\w-]*)/.exec(message)?.[1] ?? '';
	const definition = flags[flag];
	const {helpValue} = (definition ?? {}) as {helpValue?: unknown};
	return hinted(codeOf(definition, 'invalid_flag'), message, valueHint(message, helpValue));
}

/** The command line with `.` as the output. */
const withOutput = ({bin, command, argv}: TypedLine) =>
	`${commandLine([bin, ...command.name.split(' '), ...argv, '-o', '.'])} saves it in this folder; -o FILE names it.`;

/** The first meaningful line, without colour and without the parser's advice. */
function plain(message: string): string {
	return message
		.replaceAll(/\u001B\[[\d;]*m/g, '')
		.replace(/\s*See more help with --help\s*$/, '')
		.replace(/^The following errors? occurred:\s*/, '')
		.replaceAll(/\s*\n\s*/g, '; ')
		.replaceAll(/(--[\w-]+)=\S+ cannot also be provided when using /g, '$1 cannot be given together with ')
		.trim();
}

/** The words as oclif had parsed them before the error. */
function tokensOf({parse}: ParserError): readonly Token[] {
	const {output} = (parse ?? {}) as {output?: {raw?: readonly Token[]}};
	return output?.raw ?? [];
}
