import {type TaskType, taskTypes} from './index.js';
import * as validators from './request-validators.js';

/** A field of a request body that its schema refuses. */
export interface SchemaViolation {
	/**
	 * The API's name, as a path for a nested field: `multi_prompt[0].duration`. "" when the body is not an
	 * object.
	 */
	field: string;
	value: unknown;
	/** In Kling's words. */
	message: string;
}

const validatorOf = (schema: string) => {
	const name = schema.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
	return (validators as Readonly<Record<string, (typeof validators)['omniVideo']>>)[name];
};

// A whole prompt or picture in a message would not help.
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
 * Checks a request body against its type's schema: types, lengths, and values that are the same for all
 * models. Returns undefined when it passes, or else the first refused field, worded like Kling's own errors
 * (docs/kling-api.md §9).
 */
export const validateRequest = (type: TaskType, body: unknown): SchemaViolation | undefined =>
	validateBySchema(taskTypes[type].schema, body);

/** The same by the name of the schema. A body without a schema passes. */
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
