import {firstColumnsOf, firstColumnTexts} from '../batch/first-columns.js';
import {type InputSchema, inputSchema} from '../requests/input-schema.js';
import type {RequestType} from './request-arguments.js';

/** The arguments of the tool that makes a task of a type: those of its command. */
export function toolSchema(type: RequestType): InputSchema {
	const {properties, required, ...rest} = inputSchema(type);
	const first = firstColumnsOf(type).map((name) => [
		name,
		name === 'mark'
			? {type: 'array', items: {type: 'string'}, description: firstColumnTexts[name]}
			: {type: 'string', description: firstColumnTexts[name]},
	]);
	return {
		...rest,
		properties: {...forTools(properties), ...Object.fromEntries(first)},
		...(required && {required}),
	};
}

/** Descriptions of flags as those of arguments: `--first-frame` is `first_frame`, and there is no stdin. */
const forTools = (properties: Record<string, object>): Record<string, object> =>
	Object.fromEntries(
		Object.entries(properties).map(([name, property]) => {
			const {description} = property as {description?: string};
			return [name, {...property, ...(description !== undefined && {description: forTool(description)})}];
		}),
	);

/** What means something else, or nothing, where there is no command line. */
const toolTexts: readonly (readonly [string, string])[] = [
	['; - reads it from stdin', ''],
	['PROMPT', 'prompt'],
	// A property of type array says so.
	['; repeat it for several', ''],
	['; a list, or separated by " | "', ''],
	['`kling video status`', 'status'],
	['kling voice list speech', 'list_voices with speech'],
	['kling models', 'kling://models'],
	['kling video effects --list shows', 'kling://effects has'],
];

const forTool = (description: string): string =>
	toolTexts
		.reduce((text, [from, to]) => text.replaceAll(from, to), description)
		.replaceAll(/--([a-z][a-z-]*)/g, (_, flag: string) => flag.replaceAll('-', '_'));
