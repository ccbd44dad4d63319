import {KlingError} from '../../lib/errors/kling-error.js';
import {taskTypeNames} from '../../lib/task-types/index.js';
import type {InputSchema} from '../requests/input-schema.js';
import {annotations} from './annotations.js';
import {checkValues} from './check-values.js';
import {documentOf, resultOf} from './results.js';
import type {Arguments, Call, Tool, ToolServer} from './tool-server.js';

const taskType = {
	type: 'string',
	enum: [...taskTypeNames],
	description: 'Type of the task, if another machine submitted it.',
};
/** The same for other tools: the names are in one of them. */
export const sameTaskType = {type: 'string', description: 'As in status.'};
export const taskId = {
	type: 'string',
	description: 'task_id or external_task_id of a task; @last is the newest.',
};
const limit = {
	type: 'integer',
	minimum: 1,
	maximum: 100,
	default: 10,
	description: 'Maximum number of rows.',
};
const since = {type: 'string', description: 'Only since then, such as 2d, 12h, today or 2026-11-20.'};

const assetProperties = {
	presets: {type: 'boolean', description: 'Those that Kling offers everybody.'},
	limit: {...limit, default: 20},
	verbose: {type: 'boolean', description: 'Also links, and the task that made each.'},
};

/** A tool that is one command: each argument is a flag of the same name, or a word. */
interface CommandTool {
	name: string;
	title: string;
	description: string;
	command: string;
	properties: InputSchema['properties'];
	required?: string[];
	/** The argument that holds the command's positional arguments. */
	positional?: string;
	/** Values to use if the caller gives none. */
	defaults?: Arguments;
	/** Flags that are always passed. */
	flags?: readonly string[];
}

const commandTools: readonly CommandTool[] = [
	{
		name: 'status',
		title: 'Status of a task',
		description: 'Show the status of a task: submitted, processing, succeed or failed. Free.',
		command: 'video status',
		properties: {
			task_id: taskId,
			type: taskType,
			verbose: {type: 'boolean', description: 'Also links, which expire, and units.'},
		},
		required: ['task_id'],
		positional: 'task_id',
	},
	{
		name: 'list',
		title: 'Tasks of the account',
		description:
			'List the tasks of one type, one page at a time. A page with fewer rows than limit is the last. Free.',
		command: 'video list',
		properties: {
			type: {
				...taskType,
				enum: [...taskTypeNames, 'all'],
				default: 'create',
				description: 'Type of the tasks, or all.',
			},
			limit,
			page: {type: 'integer', minimum: 1, maximum: 1000, default: 1, description: 'Page number.'},
			status: {type: 'string', description: 'Only these states, separated by commas, such as failed.'},
			since,
		},
		defaults: {limit: 10},
	},
	{
		name: 'history',
		title: 'What this machine submitted',
		description:
			'List what this machine submitted, newest first, from its journal. Sends nothing without refresh. Free.',
		command: 'video history',
		properties: {
			limit,
			since,
			type: {...taskType, enum: [...taskTypeNames, 'all']},
			status: {type: 'string', description: 'Only these states, separated by commas, such as failed.'},
			refresh: {type: 'boolean', description: 'Ask Kling about tasks that had not ended.'},
			unsettled: {type: 'boolean', description: 'Only submissions whose outcome is unknown.'},
			verbose: {type: 'boolean', description: 'Also file, model, units and reason of failure.'},
		},
		defaults: {limit: 10},
	},
	{
		name: 'reconcile',
		title: 'What happened to lost submissions',
		description:
			'Look up submissions whose response was lost. Submits nothing. Call it after the error submit_unknown, before anything else. Free.',
		command: 'video reconcile',
		properties: {
			external_id: {
				type: 'array',
				items: {type: 'string'},
				description: 'External ids; default: all whose outcome is unknown.',
			},
		},
		positional: 'external_id',
	},
	{
		name: 'account',
		title: 'What the account can spend',
		description: 'Show the resource packs of the account. Figures are up to 12 hours old. Free.',
		command: 'account balance',
		properties: {},
	},
	{
		name: 'cost_report',
		title: 'What was spent',
		description: 'Add up what this machine spent: estimated, billed, and the difference. Free.',
		command: 'cost report',
		properties: {
			by: {
				type: 'string',
				enum: ['tag', 'model', 'type', 'day', 'batch'],
				description: 'Group the sums by this.',
			},
			since,
		},
	},
	{
		name: 'list_elements',
		title: 'Elements of the account',
		description: 'List the elements that videos and pictures can show, by name and id. Free.',
		command: 'element list',
		properties: assetProperties,
		defaults: {limit: 20},
	},
	{
		name: 'list_voices',
		title: 'Voices of the account',
		description: 'List the voices that videos can speak with, by name and id. Free.',
		command: 'voice list',
		properties: {
			...assetProperties,
			speech: {type: 'boolean', description: 'The voices of create_speech and of say, which are different.'},
		},
		defaults: {limit: 20},
	},
];

export const taskTools = (host: ToolServer): Tool[] => commandTools.map((tool) => toolOf(tool, host));

function toolOf(
	{name, title, description, command, properties, required, ...rest}: CommandTool,
	{schemaOf}: ToolServer,
): Tool {
	const input: InputSchema = {
		type: 'object',
		properties,
		...(required && {required}),
		additionalProperties: false,
	};
	return {
		name,
		title,
		description,
		input,
		output: schemaOf(command),
		annotations: annotations.reads,
		async call(args, {host, sdk}: Call) {
			const words = commandWords({command, ...rest}, checkValues(args, input), host);
			const ran = await host.programs.run(words, {signal: sdk.mcpReq.signal});
			return resultOf(documentOf(ran), host);
		},
	};
}

/**
 * The command line: flags, then `--` and the positional arguments, where a leading dash has no meaning.
 * @param args that were checked
 * @throws KlingError `invalid_argument` for a single dash, which would be stdin
 */
export function commandWords(
	{
		command,
		positional,
		defaults = {},
		flags = ['--quiet'],
	}: Pick<CommandTool, 'command' | 'positional' | 'defaults' | 'flags'>,
	args: Arguments,
	{accountWords}: Pick<ToolServer, 'accountWords'>,
): string[] {
	const given = Object.entries({...defaults, ...args}).filter(
		([name, value]) => name !== positional && value !== undefined && value !== null && value !== false,
	);
	const words = positional === undefined ? undefined : args[positional];
	if ([words].flat().includes('-')) {
		throw new KlingError('invalid_argument', `${positional} is -, which stands for stdin; a tool has none`);
	}
	return [
		...command.split(' '),
		'--json',
		...flags,
		...accountWords,
		...given.map(([name, value]) => {
			const flag = `--${name.replaceAll('_', '-')}`;
			return value === true ? flag : `${flag}=${value}`;
		}),
		...(words === undefined ? [] : ['--', ...[words].flat().map(String)]),
	];
}
