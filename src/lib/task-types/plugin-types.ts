import {type ResultFormat, resultFormats} from '../media/result-format.js';
import type {TaskTypeInfo} from './definition.js';
import {type Pack, packs} from './packs.js';

/** A type that a plugin adds, as described in its package.json. */
export interface AddedTaskType {
	/** POST creates, GET lists, GET with an id appended looks one up. */
	path: string;
	formats: readonly ResultFormat[];
	/** What it is, for the help pages. */
	summary: string;
	/** Typical seconds per task, for progress. */
	seconds?: number | undefined;
	/** The pack that pays for it. Default: the video pack. */
	pack?: Pack | undefined;
}

export interface PluginTypes {
	types: Record<string, TaskTypeInfo>;
	/** What is wrong with the descriptions, for people. Valid types are returned regardless. */
	flaws: string[];
}

/**
 * Reads the types that a plugin describes in its package.json under `kling.taskTypes`.
 * @param described the value found there, of any kind
 * @param taken names in use: a name belongs to the first that took it
 */
function readPluginTypes(described: unknown, taken: readonly string[]): PluginTypes {
	const found: PluginTypes = {types: {}, flaws: []};
	if (described === undefined) return found;
	if (!isObject(described)) return {...found, flaws: ['kling.taskTypes is not an object']};
	for (const [name, value] of Object.entries(described)) {
		const wrong = flawOf(name, value, taken);
		if (wrong !== undefined) {
			found.flaws.push(`task type ${name}: ${wrong}`);
			continue;
		}
		const {path, formats, summary, seconds, pack} = value as AddedTaskType;
		found.types[name] = {
			...{paths: {v1: path}, formats, summary},
			...(seconds !== undefined && {seconds}),
			...(pack !== undefined && {pack}),
		};
	}
	return found;
}

/**
 * Collects the types of several plugins. The first one to use a name keeps it.
 * @param plugins each with its value of `kling.taskTypes`
 * @param own names of the built-in types
 */
export function collectPluginTypes(
	plugins: Iterable<{name: string; taskTypes: unknown}>,
	own: readonly string[],
): PluginTypes {
	const all: PluginTypes = {types: {}, flaws: []};
	for (const {name, taskTypes} of plugins) {
		const {types, flaws} = readPluginTypes(taskTypes, [...own, ...Object.keys(all.types)]);
		Object.assign(all.types, types);
		all.flaws.push(...flaws.map((flaw) => `plugin ${name}: ${flaw}`));
	}
	return all;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isFormat = (value: unknown): value is ResultFormat => resultFormats.some((format) => format === value);

/** Valid values for each field. */
const fields: readonly {
	name: keyof AddedTaskType;
	isRight: (value: unknown) => boolean;
	rule: string;
}[] = [
	{
		name: 'path',
		// It is appended to the API's address, to which the token is sent.
		isRight: (value) => typeof value === 'string' && /^(\/[\w-]+)+$/.test(value),
		rule: 'a path such as /v1/images/generations',
	},
	{
		name: 'formats',
		isRight: (value) => Array.isArray(value) && value.length > 0 && value.every(isFormat),
		rule: `a list of ${resultFormats.join(', ')}`,
	},
	{name: 'summary', isRight: (value) => typeof value === 'string' && value !== '', rule: 'a text'},
	{
		name: 'seconds',
		isRight: (value) => value === undefined || (typeof value === 'number' && value > 0),
		rule: 'a number above 0',
	},
	{
		name: 'pack',
		isRight: (value) => value === undefined || packs.some((pack) => pack === value),
		rule: packs.join(' or '),
	},
];

const reserved = ['all', 'last'];

function flawOf(name: string, value: unknown, taken: readonly string[]): string | undefined {
	if (!/^[a-z][a-z\d-]{0,39}$/.test(name) || reserved.includes(name)) return 'that is not a name';
	if (taken.includes(name)) return 'that name is taken';
	if (!isObject(value)) return 'it is not an object';
	const wrong = fields.find((field) => !field.isRight(value[field.name]));
	return wrong && `${wrong.name} must be ${wrong.rule}`;
}
