import {definedOnly, KlingError} from '../errors/kling-error.js';
import {type ResultFormat, resultFormats} from '../media/result-format.js';
import {type TaskType, type TaskTypeInfo, taskTypeNames, taskTypes} from './index.js';

/** A type of task: one of ours, or one that a plugin adds. */
export type TaskName = TaskType | (string & {});

/** What a plugin says of a type that it adds. */
export interface AddedTaskType extends Omit<TaskTypeInfo, 'requestSchema'> {
	/** Seconds that such a task usually takes, for those who wait. */
	seconds?: number;
}

const added = new Map<string, AddedTaskType>();

/** Whether a type is one of ours, whose request bodies and prices are known. */
export const isOwnType = (name: TaskName): name is TaskType => Object.hasOwn(taskTypes, name);

export const isTaskType = (name: TaskName): boolean => isOwnType(name) || added.has(name);

/** The names of all types, ours first. */
export const typeNames = (): TaskName[] => [...Object.keys(taskTypes), ...added.keys()];

/** The values of a flag `--type`, with the types that plugins add; as they are where it is about something else. */
export const withAddedTypes = (options: readonly string[]): string[] =>
	taskTypeNames.every((name) => options.includes(name))
		? [...new Set([...options, ...added.keys()])]
		: [...options];

/** @throws KlingError `invalid_type` for a type that nobody has added */
export function typeInfo(name: TaskName): AddedTaskType {
	const info = isOwnType(name) ? taskTypes[name] : added.get(name);
	if (info) return info;
	throw new KlingError('invalid_type', `There is no type ${name}: ${typeNames().join(', ')}`);
}

/** What a task of a type is downloaded as, unless something else is asked for. */
export const mainFormat = (name: TaskName): ResultFormat => typeInfo(name).formats[0] ?? 'video';

/**
 * Adds the types that a plugin describes in its package.json, under `kling.taskTypes`. A name that is taken stays with
 * who had it first.
 * @param described as it stands there, whatever it is
 * @returns what is wrong with it, for people; what is right is added all the same
 */
export function addTaskTypes(described: unknown): string[] {
	if (described === undefined) return [];
	if (!isObject(described)) return ['kling.taskTypes is not an object'];
	return Object.entries(described).flatMap(([name, value]) => {
		const wrong = flawOf(name, value);
		if (wrong !== undefined) return [`task type ${name}: ${wrong}`];
		const {path, formats, summary, seconds} = value as AddedTaskType;
		added.set(name, definedOnly({path, formats, summary, seconds}) as AddedTaskType);
		return [];
	});
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isFormat = (value: unknown): value is ResultFormat => resultFormats.some((format) => format === value);

/** What each field must be. */
const fields: readonly {
	name: keyof AddedTaskType;
	isRight: (value: unknown) => boolean;
	rule: string;
}[] = [
	{
		name: 'path',
		// It is put behind the address of the API, whose token goes along.
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
];

function flawOf(name: string, value: unknown): string | undefined {
	if (!/^[a-z][a-z\d-]{0,39}$/.test(name) || name === 'all' || name === 'last') return 'that is no name';
	if (isTaskType(name)) return 'that name is taken';
	if (!isObject(value)) return 'it is not an object';
	const wrong = fields.find((field) => !field.isRight(value[field.name]));
	return wrong && `${wrong.name} must be ${wrong.rule}`;
}
