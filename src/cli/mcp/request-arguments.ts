import path from 'node:path';
import {contentOf} from '../../lib/batch/external-id.js';
import {callsOf} from '../../lib/batch/first-steps.js';
import type {Values} from '../../lib/batch/manifest.js';
import {sum} from '../../lib/cost/units.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import type {RootFolder} from '../../lib/mcp/root-folder.js';
import type {Purchase} from '../../lib/mcp/spending.js';
import {paidCalls} from '../../lib/task-types/calls.js';
import type {TaskTypeDefinition} from '../../lib/task-types/definition.js';
import type {RequestBody} from '../../lib/task-types/facts.js';
import {type TaskRequests, taskTypes} from '../../lib/task-types/index.js';
import {estimateUnits} from '../../lib/task-types/prices.js';
import {checkBeforeSending} from '../../lib/task-types/validate.js';
import {firstColumnsOf, splitFirst} from '../batch/first-columns.js';
import {factsOf} from '../flags/facts.js';
import type {RequestBuilder} from '../requests/builder.js';
import {requestBuilders} from '../requests/index.js';
import {listSeparator, parseRequest, type RequestValue, wordsFor} from '../requests/parse-request.js';
import {provisionalPrice} from '../requests/provisional-price.js';
import type {Arguments} from './tool-server.js';

export type RequestType = keyof TaskRequests;

const builderOf = (type: RequestType): RequestBuilder => requestBuilders[type] as unknown as RequestBuilder;

/**
 * Whether a value cannot be taken for a path, whatever folders exist: by the rules of lib/inputs/address.ts
 * and image.ts.
 */
function isAddress(text: string, flag: RequestBuilder['flags'][string]): boolean {
	if (!helpValueOf(flag).includes('URL') && !helpValueOf(flag).includes('FILE:')) return false;
	const {code} = factsOf(flag);
	return (
		/^https?:\/\//i.test(text) ||
		(/^data:/i.test(text) && (code === 'invalid_image' || code === 'invalid_mask'))
	);
}

/** Flags that take a file say so in their help. */
const namesFile = (flag: RequestBuilder['flags'][string] | undefined): boolean =>
	/\b(FILE|PATH)\b/.test(helpValueOf(flag));

const helpValueOf = (flag: RequestBuilder['flags'][string] | undefined): string =>
	flag?.type === 'option' ? String(flag.helpValue ?? '') : '';

/** A request that was checked as its command would check it, but not sent. */
export interface CheckedArguments extends Omit<Purchase, 'externalId'> {
	/** The content of the task: the same request always has the same. */
	content: string;
	/** The command line: the command's own flags and arguments. */
	words: string[];
	/** What the calls before the task cost, in units of videos. */
	unitsBefore: number;
}

/**
 * Checks a tool's arguments with the definitions with which the command parses its own, and reads the files
 * that they name.
 * @param given by names of arguments and flags, in snake_case
 * @throws KlingError as the command would, and `outside_root`
 */
export async function checkArguments(
	type: RequestType,
	given: Arguments,
	root: RootFolder,
): Promise<CheckedArguments> {
	const builder = builderOf(type);
	const values = Object.fromEntries(
		Object.entries(given).map(([name, value]) => [name, argumentValue(name, value)]),
	);
	const confined = confineFiles(builder, values, root);
	const texts = textsOf(confined);
	const {values: own, first} = await splitFirst(type, texts);
	const isOwn = (name: string) => !firstColumnsOf(type).includes(kebab(name));
	const asked = Object.fromEntries(Object.entries(confined).filter(([name]) => isOwn(name)));
	const request = await parseRequest(type, first ? own : confined, {assetId: anyAsset});
	const definition = taskTypes[type] as unknown as TaskTypeDefinition & {
		write: {v1(of: typeof request): RequestBody};
	};
	const body = definition.write.v1(request);
	const {allowUnknownModel = false, inputSeconds} = request as {
		allowUnknownModel?: boolean;
		inputSeconds?: number;
	};
	checkBeforeSending(definition, body, {allowUnknownModel});
	const open = provisionalPrice(definition, request, first, texts);
	const units = open ? open.units : estimateUnits(definition, body, inputSeconds);
	return {
		content: contentOf(type, textsOf(values), {body}),
		words: withFirstWords(type, wordsFor(builder, asked), texts),
		units: units === undefined ? undefined : Number(units),
		unitsBefore: sum(callsOf(first).map((call) => paidCalls[call].units)),
		pack: definition.pack === 'image' ? 'image' : 'video',
	};
}

const kebab = (name: string) => name.trim().replaceAll('_', '-');

/** Adds the words of what comes before the task: its flags, and the clip in front of the other arguments. */
function withFirstWords(type: RequestType, words: string[], values: Values): string[] {
	const end = words.lastIndexOf('--');
	const textsIn = (name: string) => {
		const value = values[name];
		return value === undefined ? [] : typeof value === 'string' ? value.split(listSeparator) : [...value];
	};
	const flags = firstColumnsOf(type).filter((name) => name !== 'video');
	const isClip = firstColumnsOf(type).includes('video');
	return [
		...words.slice(0, end),
		...flags.flatMap((name) =>
			(name === 'mark' ? textsIn(name) : [values[name] ?? []].flat()).map((text) => `--${name}=${text}`),
		),
		'--',
		...(isClip ? textsIn('video') : []),
		...words.slice(end + 1),
	];
}

/** The command looks names up; the price and the rules are the same for any id. */
const anyAsset = async (_: unknown, nameOrId: string) => (/^\d+$/.test(nameOrId) ? nameOrId : '1');

function argumentValue(name: string, value: unknown): RequestValue {
	const isScalar = (one: unknown): one is string | number =>
		typeof one === 'string' || typeof one === 'number';
	if (value === null || value === undefined || typeof value === 'boolean' || isScalar(value)) return value;
	if (Array.isArray(value) && value.every(isScalar)) return value;
	throw new KlingError(
		'invalid_argument',
		`${name} is neither a text, a number, true or false, nor a list of texts`,
	);
}

/** The values, with the files they name as absolute paths below the root. */
function confineFiles(
	{flags}: RequestBuilder,
	values: Record<string, RequestValue>,
	root: RootFolder,
): Record<string, RequestValue> {
	return Object.fromEntries(
		Object.entries(values).map(([name, value]) => {
			const flag = flags[name.trim().replaceAll('_', '-')];
			if (flag === undefined || !namesFile(flag) || value === null || value === undefined)
				return [name, value];
			const texts = (Array.isArray(value) ? value : [value]).map(String);
			const parts = isMultiple(flag)
				? texts.flatMap((text) => text.split(listSeparator))
				: [texts.join(listSeparator)];
			const files = parts.map((text) => confined(text.trim(), {name, flag, root}));
			return [name, isMultiple(flag) ? files : files[0]];
		}),
	);
}

const isMultiple = (flag: RequestBuilder['flags'][string]) => 'multiple' in flag && flag.multiple === true;

/** A file as an absolute path below the root; a suffix, as in `FILE:X,Y;X,Y`, is kept. */
function confined(
	text: string,
	{name, flag, root}: {name: string; flag: RequestBuilder['flags'][string]; root: RootFolder},
): string {
	if (text === '' || isAddress(text, flag)) return text;
	const hasPoints = helpValueOf(flag).includes('FILE:') && text.includes(':');
	const end = hasPoints ? text.lastIndexOf(':') : text.length;
	return root.inside(text.slice(0, end), name) + text.slice(end);
}

const textsOf = (values: Record<string, RequestValue>): Values =>
	Object.fromEntries(
		Object.entries(values).flatMap(([name, value]) => {
			if (value === null || value === undefined || value === '') return [];
			const key = name.trim().replaceAll('_', '-');
			return [[key, Array.isArray(value) ? value.map(String) : String(value)]];
		}),
	);

/** Checks the files that the rows of a shot list name; names are relative to the list. */
export function checkRowFiles(type: string, values: Values, folder: string, root: RootFolder): void {
	if (!Object.hasOwn(requestBuilders, type)) return;
	const builder = builderOf(type as RequestType);
	const absolute = Object.fromEntries(
		Object.entries(values).map(([name, value]) => {
			const flag = builder.flags[name];
			if (flag === undefined || !namesFile(flag)) return [name, value as RequestValue];
			const texts = (typeof value === 'string' ? [value] : value).flatMap((text) => text.split(/\n| \| /));
			const at = (text: string) => (text === '' || isAddress(text, flag) ? text : path.resolve(folder, text));
			return [name, texts.map((text) => at(text.trim()))];
		}),
	);
	confineFiles(builder, absolute, root);
}
