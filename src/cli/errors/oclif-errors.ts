import type {ErrorCode} from '../../lib/errors/error-table.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {commandLine} from '../../lib/output/shell.js';
import {factsOf} from '../flags/facts.js';
import {unknownFlag as adviseOnFlag, surplusWords} from './advice.js';
import {valueHint} from './flag-values.js';
import {secretOnLine, secretsIn} from './secrets-on-line.js';
import {nearest} from './suggest.js';
import {quote, type Token, type TypedLine} from './typed-line.js';

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
	const missing = [...message.matchAll(/Missing required flag ([\w-]+)/g)].map(([, name = '']) => name);
	const [missingFlag] = missing;
	if (missingFlag !== undefined) {
		return hinted(
			codeOf(flags[missingFlag], 'invalid_flag'),
			missingText(missing),
			missingFlag === 'output' && line ? withOutput(line, flags.output) : undefined,
		);
	}
	const flag = /--([a-z][\w-]*)/.exec(message)?.[1] ?? '';
	const definition = flags[flag];
	return hinted(codeOf(definition, 'invalid_flag'), message, flagHint(message, flag, {flags, line}));
}

const missingText = (flags: readonly string[]) =>
	`Missing flag${flags.length > 1 ? 's' : ''}: ${flags.map((name) => `--${name}`).join(', ')}`;

/** What to type when a flag is repeated, or its value is missing or refused. */
function flagHint(message: string, flag: string, {flags = {}, line}: Definitions): string | undefined {
	const {helpValue} = (flags[flag] ?? {}) as {helpValue?: unknown};
	return onceHint(message, flag, flags) ?? dashHint(message, flag, line) ?? valueHint(message, helpValue);
}

/**
 * What to type instead of a repeated flag: the flag once, or the command's flag that takes several of the
 * kind.
 */
function onceHint(
	message: string,
	flag: string,
	flags: NonNullable<Definitions['flags']>,
): string | undefined {
	if (!message.endsWith(' can only be specified once')) return undefined;
	const takesSeveral = ([name, {multiple}]: [string, {multiple?: unknown}]) =>
		multiple === true && name.endsWith(`-${flag}`);
	const [other] = Object.entries(flags).find(takesSeveral) ?? [];
	return `Type --${flag} once${other === undefined ? '.' : `, and --${other} for each of the others.`}`;
}

/** What to type when a value starts with a dash, so that oclif takes it for a flag. */
function dashHint(message: string, flag: string, line: TypedLine | undefined): string | undefined {
	if (!line || !message.endsWith(' expects a value')) return undefined;
	const value = line.argv[line.argv.indexOf(`--${flag}`) + 1] ?? '';
	const [word = ''] = value.split('=');
	const isFlag = line.command.flags.some(({name, char}) => word === `--${name}` || word === `-${char}`);
	if (isFlag || !/^-./.test(value)) return undefined;
	return `Put an equals sign before a value that begins with a dash: --${flag}=${quote(value)}`;
}

/** The command line with an output: with `.`, unless the flag takes only a file. */
function withOutput({bin, command, argv}: TypedLine, output: object = {}): string {
	if ('helpValue' in output && output.helpValue === 'FILE')
		return 'Add -o FILE, the name of the file to write.';
	return `${commandLine([bin, ...command.name.split(' '), ...argv, '-o', '.'])} saves it in this folder; -o FILE names it.`;
}

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
