import type {Interfaces} from '@oclif/core';
import type {TaskRequests} from '../../lib/task-types/index.js';
import {factsOf} from '../flags/facts.js';
import type {RequestBuilder} from './builder.js';
import {requestBuilders} from './index.js';

/** The part of JSON Schema (2020-12) that describes inputs. */
export interface InputSchema {
	type: 'object';
	properties: Record<string, object>;
	required?: string[];
	additionalProperties: false;
}

/**
 * The inputs of a task type as a JSON Schema: one property per argument and flag of its command, in
 * snake_case, with its help text. `parseRequest` accepts whatever matches it.
 */
export function inputSchema(type: keyof TaskRequests): InputSchema {
	const {args, flags} = requestBuilders[type] as unknown as RequestBuilder;
	const required = Object.entries(args).flatMap(([name, arg]) => (arg.required ? [name] : []));
	return {
		type: 'object',
		properties: {
			...Object.fromEntries(
				// A name that is both an argument and a flag means the flag.
				Object.entries(args).map(([name, {description}]) => [name, {type: 'string', description}]),
			),
			...Object.fromEntries(
				Object.entries(flags)
					.filter(([, {hidden}]) => !hidden)
					.map(([name, flag]) => [name.replaceAll('-', '_'), propertyOf(flag)]),
			),
		},
		...(required.length > 0 && {required}),
		additionalProperties: false,
	};
}

function propertyOf(flag: Interfaces.FlagInput[string]): object {
	const {description} = flag;
	if (flag.type === 'boolean') return {type: 'boolean', description};
	const {schema = {type: 'string'}} = factsOf(flag);
	const value = flag.options ? {type: 'string', enum: flag.options} : schema;
	const fallback =
		typeof flag.default === 'function' || flag.default === undefined ? {} : {default: flag.default};
	if (flag.multiple) return {type: 'array', items: value, description};
	return {...value, description, ...fallback};
}
