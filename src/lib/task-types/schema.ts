import {type TaskType, taskTypes} from './index.js';
import * as validators from './request-validators.js';

/** A field of a create body that its schema refuses. */
export interface SchemaViolation {
	/** The API's name, as a path for a nested one: `multi_prompt[0].duration`. "" when the body is no object. */
	field: string;
	value: unknown;
	/** In Kling's words. */
	message: string;
}

const validatorOf = (schema: string) => {
	const name = schema.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
	return (validators as Readonly<Record<string, (typeof validators)['omniVideo']>>)[name];
};

// A whole prompt or picture in a message helps nobody.
const longest = 100;

function shown(value: unknown) {
	const all = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
	const characters = Array.from(all.slice(0, 4 * longest));
	return characters.length > longest ? `${characters.slice(0, longest).join('')}...` : all;
}

const fieldOf = (pointer: string) =>
	pointer
		.slice(1)
		.replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]')
		.replaceAll('/', '.');

const isAbsent = (value: unknown) => value === undefined || value === null || value === '';

/**
 * Checks a create body against the schema of its type: types, lengths, and the values that no model changes.
 * Gives undefined when it passes, else the first field refused, worded as Kling words it (docs/kling-api.md §9).
 */
export const validateRequest = (type: TaskType, body: unknown): SchemaViolation | undefined =>
	validateBySchema(taskTypes[type].schema, body);

/** The same by the name of the schema; a body whose schema does not exist passes. */
export function validateBySchema(schema: string, body: unknown): SchemaViolation | undefined {
	const validate = validatorOf(schema);
	if (!validate || validate(body)) return undefined;
	const error = validate.errors?.[0];
	const missing = error?.keyword === 'required' ? String(error.params.missingProperty) : undefined;
	const field = fieldOf(`${error?.instancePath ?? ''}${missing === undefined ? '' : `/${missing}`}`);
	const value = missing === undefined ? error?.data : undefined;
	const message = isAbsent(value)
		? `${field} can not be empty`
		: `${field} value '${shown(value)}' is invalid`;
	return {field, value, message};
}
