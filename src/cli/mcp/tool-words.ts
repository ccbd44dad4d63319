import type {CallToolResult} from '@modelcontextprotocol/server';
import {toJson} from '../../lib/output/sanitize.js';
import {firstColumnsOf} from '../batch/first-columns.js';
import {requestBuilders} from '../requests/index.js';
import type {RequestType} from './request-arguments.js';
import {submitting} from './submitting.js';
import type {CallOutcome} from './tool-server.js';

/** What stands for a command, and the argument that takes the word after it. */
interface Substitute {
	words: string;
	argument?: string;
}

const tool = (name: string, argument = 'task_id'): Substitute => ({words: `the tool ${name}`, argument});

/** The argument that the first word of a command is. */
const firstArgument = (type: RequestType): string =>
	firstColumnsOf(type).includes('video') ? 'video' : (Object.keys(requestBuilders[type].args)[0] ?? 'prompt');

/** Commands that tools stand for; the others are for the person. */
const substitutes: Readonly<Record<string, Substitute>> = {
	...Object.fromEntries(
		submitting.map(({type, command, name}) => [command.join(' '), tool(name, firstArgument(type))]),
	),
	'video status': tool('status'),
	'video wait': tool('wait'),
	'video download': tool('download'),
	'video list': tool('list'),
	'video history': tool('history'),
	'video reconcile': tool('reconcile', 'external_id'),
	'account balance': tool('account'),
	'cost report': tool('cost_report'),
	'batch plan': tool('batch_plan', 'file'),
	'batch run': tool('batch_run', 'file'),
	'batch status': tool('batch_status', 'file'),
	'batch retry': {words: 'the tool batch_run with retry_failed', argument: 'file'},
	'element list': tool('list_elements'),
	'voice list': tool('list_voices'),
	models: {words: 'the resource kling://models'},
	'account prices': {words: 'the resource kling://prices'},
};

/** Flags of the server itself, which only the person can change. */
const flagsOfServer = new Set([
	...['root', 'tools', 'allow-spend', 'allow-image-spend', 'allow-unknown-price', 'ask-above', 'profile'],
]);

const topics =
	'video|image|element|voice|audio|batch|cost|gallery|webhook|mcp|auth|account|sandbox|models|doctor|pick|plugins|help';

/** A command in a hint: in backquotes, or up to the end of the sentence. A word in quotes may hold anything. */
const command = new RegExp(
	`\`kling ([^\`]+)\`|\\bkling ((?:${topics})\\b(?:'[^']*'|\\\\'|[^\`;])*?)(?=\\.?$|\\. |; |, | \\()`,
	'g',
);

/**
 * A hint in the words of tools: a command becomes the tool that does the same, or what to ask the person for, and a flag becomes the
 * argument of that name.
 * @param names arguments of all tools
 */
export function hintForTools(hint: string, names: ReadonlySet<string>): string {
	const kept: string[] = [];
	const text = hint
		.replace(/Run the command with --help[^.]*\./, 'See the input schema of the tool.')
		.replaceAll(command, (_, quoted: string | undefined, bare: string | undefined) => {
			kept.push(commandForTools(quoted ?? bare ?? '', names));
			return `\0${kept.length - 1}\0`;
		});
	return argumentsFor(text, names)
		.replaceAll(/\0(\d+)\0/g, (_, at: string) => kept[Number(at)] ?? '')
		.replace(/(?<=the person to run: `[^`]*`), which the person runs/, '');
}

/** The words of a command line, without the quotes that `commandLine` puts around them. */
const wordsOf = (line: string): string[] =>
	(line.match(/(?:'[^']*'|\\'|[^\s'])+/g) ?? []).map((word) =>
		word.replaceAll(/'([^']*)'|\\(')/g, (_, inside: string | undefined, quote: string) => inside ?? quote),
	);

function commandForTools(line: string, names: ReadonlySet<string>): string {
	const words = wordsOf(line);
	for (const length of [2, 1]) {
		const found = substitutes[words.slice(0, length).join(' ')];
		if (found === undefined) continue;
		const args = argumentsOf(words.slice(length), found.argument, names);
		return args.length === 0 ? found.words : `${found.words} with ${args.join(', ')}`;
	}
	return `\`kling ${line}\`, which the person runs`;
}

/** Flags that the server itself adds, or that mean nothing to a tool. */
const flagsOfRuns = /^--(json|quiet|human|verbose|external-id|tag|yes|output|interval|timeout)(=|$)/;

/** A value of an argument, in quotes where it would run into the next one. */
const shown = (value: string) => (/[\s,"]/.test(value) ? JSON.stringify(value) : value);

/** The arguments that the words of a command stand for: `audio a.mp3` of `--audio=a.mp3` or `--audio a.mp3`. */
function argumentsOf(
	words: readonly string[],
	first: string | undefined,
	names: ReadonlySet<string>,
): string[] {
	const found: string[] = [];
	let isFlagOpen = false;
	for (const word of words) {
		const [, flag, value] = /^--([a-z][a-z-]*)(?:=(.*))?$/s.exec(word) ?? [];
		const name = flag?.replaceAll('-', '_');
		if (word === '--' || flagsOfRuns.test(word)) isFlagOpen = false;
		else if (name !== undefined && names.has(name)) {
			found.push(value === undefined ? name : `${name} ${shown(value)}`);
			isFlagOpen = value === undefined;
		} else if (isFlagOpen) {
			found.push(`${found.pop()} ${shown(word)}`);
			isFlagOpen = false;
		} else if (flag === undefined && first !== undefined && !found.some((one) => one.startsWith(`${first} `)))
			found.push(`${first} ${shown(word)}`);
	}
	return found;
}

/** `--first-frame FILE` as `first_frame FILE`, where some tool has such an argument; and no stdin, which tools do not have. */
function argumentsFor(text: string, names: ReadonlySet<string>): string {
	const withoutStdin = text
		.replaceAll(/, (with --prompt-file FILE), or as - to read it from stdin/g, ' or $1')
		.replaceAll('as PROMPT', 'as prompt');
	return withoutStdin.replaceAll(/(?<![\w-])--([a-z][a-z-]*[a-z])\b/g, (whole, flag: string) => {
		const name = flag.replaceAll('-', '_');
		return names.has(name) && !flagsOfServer.has(flag) ? name : whole;
	});
}

/** The result of a tool that failed, in the words of tools. */
export function inToolWords(answer: CallOutcome, names: ReadonlySet<string>): CallOutcome {
	if (!('content' in answer)) return answer;
	const result = answer as CallToolResult;
	const {structuredContent: document, content} = result;
	const {error} = (document ?? {}) as {error?: {message?: unknown; hint?: unknown}};
	if (result.isError !== true || error === undefined || document === undefined) return result;
	const {message, hint} = error;
	const said = {
		...(document as Record<string, unknown>),
		error: {
			...error,
			...(typeof message === 'string' && {message: argumentsFor(message, names)}),
			...(typeof hint === 'string' && {hint: hintForTools(hint, names)}),
		},
	};
	const [first, ...rest] = content;
	const isDocument = first?.type === 'text' && first.text === toJson(document, 0);
	const text = {type: 'text' as const, text: toJson(said, 0)};
	return {...result, structuredContent: said, content: isDocument ? [text, ...rest] : content};
}
