import {type Interfaces, Parser} from '@oclif/core';
import {assetKinds, isAssetId} from '../../lib/assets/kinds.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import type {TaskRequests} from '../../lib/task-types/index.js';
import {parseError} from '../errors/oclif-errors.js';
import {nearest} from '../errors/suggest.js';
import type {RequestBuilder, RequestSources} from './builder.js';
import {requestBuilders, requestTypes} from './index.js';

/** A value from a manifest cell or a tool's argument. A list is for inputs that can be repeated. */
export type RequestValue = string | number | boolean | readonly (string | number)[] | null | undefined;

/** Separates several values in one cell. Prompts, paths and URLs do not contain it between spaces. */
export const listSeparator = ' | ';

/** Words for yes and no, as used by people, and as spreadsheets write them in the language of their user. */
const truth: ReadonlyMap<string, boolean> = new Map([
	...words(
		true,
		'true yes on 1 x wahr ja vrai oui verdadero sí si vero sì verdadeiro sim waar prawda tak истина да',
	),
	...words(false, 'false no off 0 falsch nein faux non falso não onwaar nee fałsz nie ложь нет'),
]);

function words(value: boolean, text: string): [string, boolean][] {
	return text.split(' ').map((word) => [word, value]);
}

/**
 * Builds a request from names and values, with the definitions that the type's command uses to parse its
 * arguments.
 * @param type task type
 * @param values by the names of the command's arguments and flags, `first-frame` or `first_frame`. An empty
 * value counts as missing. Several values are a list, or one text with ` | ` between them.
 * @param sources looks up elements and voices by name. Without it, only ids are accepted.
 * @returns the request, with its files read and checked
 * @throws KlingError the command's errors, with the same codes; `invalid_flag` for a name that the type does
 * not have
 */
export async function parseRequest<T extends keyof TaskRequests>(
	type: T,
	values: Readonly<Record<string, RequestValue>>,
	sources: Partial<Pick<RequestSources, 'assetId'>> = {},
): Promise<TaskRequests[T]> {
	const builder: RequestBuilder | undefined = Object.hasOwn(requestBuilders, type)
		? (requestBuilders[type] as unknown as RequestBuilder)
		: undefined;
	if (builder === undefined) {
		throw new KlingError('invalid_type', `There is no type ${type}: ${requestTypes.join(', ')}`);
	}
	const parsed = await parseWords(builder, wordsFor(builder, values));
	const request = await builder.request(parsed, {stdin: noStdin, assetId: sources.assetId ?? idOnly});
	return request as TaskRequests[T];
}

const idOnly: RequestSources['assetId'] = async (kind, text) => {
	if (isAssetId(text)) return text;
	throw new KlingError(
		assetKinds[kind].code,
		`There is no account here to look up the ${kind} ${text} with`,
		{
			hint: `Give the id of the ${kind}: kling ${kind} show ${text}`,
		},
	);
};

async function parseWords({args, flags}: RequestBuilder, words: string[]) {
	try {
		return await Parser.parse(words, {args, flags, strict: true});
	} catch (error) {
		if (error instanceof KlingError || !(error instanceof Error)) throw error;
		throw parseError(error, {flags, args});
	}
}

/**
 * The equivalent words of a command line: flags, then arguments after `--`, where a leading dash has no
 * meaning.
 * @throws KlingError `invalid_flag` for a name that the type does not have
 */
export function wordsFor(
	{args, flags}: Pick<RequestBuilder, 'args' | 'flags'>,
	values: Readonly<Record<string, RequestValue>>,
): string[] {
	const given = Object.entries(values).flatMap(([key, value]) => {
		const texts = textsOf(value);
		return texts.length === 0 ? [] : [{key, name: key.trim().replaceAll('_', '-'), texts}];
	});
	const argNames = Object.keys(args);
	const isArg = (key: string) => argNames.find((name) => name.replaceAll('_', '-') === key);
	const positional = given.filter(({name}) => isArg(name) !== undefined);
	const options = given.filter((item) => !positional.includes(item));
	return [
		...options.flatMap(({key, name, texts}) => flagWords(key, name, texts, flags)),
		'--',
		...positional.flatMap(({texts}) => texts.join(listSeparator)),
	];
}

function flagWords(
	key: string,
	name: string,
	texts: readonly string[],
	flags: Interfaces.FlagInput,
): string[] {
	const flag = flags[name];
	if (flag === undefined) {
		const meant = nearest(name, Object.keys(flags));
		throw new KlingError('invalid_flag', `Unknown name ${key}`, {
			hint: meant ? `Did you mean ${meant}?` : `Known names: ${Object.keys(flags).join(', ')}.`,
		});
	}
	if (flag.type === 'boolean') return booleanWords(name, texts.join(listSeparator), flag.allowNo);
	const parts = flag.multiple
		? texts.flatMap((text) => text.split(listSeparator))
		: [texts.join(listSeparator)];
	return parts.map((text) => `--${name}=${flag.multiple ? text.trim() : text}`);
}

function booleanWords(name: string, text: string, allowNo: boolean): string[] {
	const value = truth.get(text.trim().normalize().toLowerCase());
	if (value === undefined) {
		throw new KlingError('invalid_flag', `${name} is '${text}', which is neither yes nor no`, {
			hint: 'Write true or false.',
		});
	}
	if (value) return [`--${name}`];
	return allowNo ? [`--no-${name}`] : [];
}

/** The texts of a value; none for an empty one. */
function textsOf(value: RequestValue): string[] {
	const list = Array.isArray(value) ? value : [value];
	return list.flatMap((item) => (item === null || item === undefined ? [] : [String(item)])).filter(Boolean);
}

function noStdin(): never {
	throw new KlingError('invalid_prompt', 'A prompt of - stands for stdin, which is not read here', {
		hint: 'Write the prompt itself, or name its file in prompt-file.',
	});
}
