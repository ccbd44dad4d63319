import type {ErrorObject} from 'ajv';
import {KlingError} from '../errors/kling-error.js';
import {placeOfJsonError, placeOfJsonValue} from './json-place.js';

interface Validator {
	(data: unknown): boolean;
	errors?: ErrorObject[] | null;
}

/**
 * Parses one of this program's files.
 * @param text of the file
 * @param file its path, for the error
 * @throws KlingError `invalid_config` that names the line or the key, without showing any of the text
 */
export async function parseConfig<T>(text: string, file: string, isValid: Validator): Promise<T> {
	const json = text.replace(/^\uFEFF/, '');
	let data: unknown;
	try {
		data = JSON.parse(json);
	} catch {
		const {line, column} = await placeOfJsonError(json);
		throw brokenFileError(file, `is not JSON at line ${line}, column ${column}`);
	}
	if (isValid(data)) return data as T;
	const error = isValid.errors?.at(-1);
	const path = (error?.instancePath ?? '').split('/').slice(1);
	const {line} = await placeOfJsonValue(json, path);
	throw brokenFileError(file, `is wrong at line ${line}: ${path.join('.') || 'the file'} ${ruleOf(error)}`);
}

/** JSON Schema's types in everyday words. */
const types: Readonly<Record<string, string>> = {
	object: 'an object, {...}',
	string: 'a text in quotes',
	'string,null': 'a text in quotes, or null',
	boolean: 'true or false',
};

/**
 * Says what a value must be, by the rule that it breaks. The value is never shown, since it may be a secret.
 */
const rules: Readonly<Record<string, (params: Record<string, unknown>) => string>> = {
	type: ({type}) => `must be ${types[String(type)] ?? type}`,
	enum: ({allowedValues}) => `must be one of ${(allowedValues as unknown[]).join(', ')}`,
	required: ({missingProperty}) => `must hold ${missingProperty}`,
	pattern: () => 'must be the name of a profile: letters, digits, - _ and ., at most 64',
	propertyNames: ({propertyName}) =>
		`must hold names of profiles: letters, digits, - _ and ., at most 64; not ${JSON.stringify(propertyName)}`,
	anyOf: () => 'must hold access_key and secret_key, or api_key, as texts in quotes',
};

const ruleOf = (error: ErrorObject | undefined): string =>
	rules[error?.keyword ?? '']?.(error?.params ?? {}) ?? error?.message ?? 'is wrong';

/** The error for an unusable file. It is never overwritten, because only the user can fix it. */
export function brokenFileError(file: string, what: string, hint?: string): KlingError {
	return new KlingError('invalid_config', `${file} ${what}`, {
		path: file,
		hint: hint ?? 'Correct the file, or move it away and sign in again: kling auth login',
	});
}
