import type {ErrorObject} from 'ajv';
import {KlingError} from '../errors/kling-error.js';
import {placeOfJsonError} from './json-error.js';

interface Validator {
	(data: unknown): boolean;
	errors?: ErrorObject[] | null;
}

/**
 * What a file of ours holds.
 * @param text of the file
 * @param file its path, for the error
 * @throws KlingError `invalid_config` that names the line or the key, and shows nothing of the text
 */
export function parseConfig<T>(text: string, file: string, isValid: Validator): T {
	let data: unknown;
	try {
		data = JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch {
		const {line, column} = placeOfJsonError(text.replace(/^\uFEFF/, ''));
		throw broken(file, `is not JSON at line ${line}, column ${column}`);
	}
	if (isValid(data)) return data as T;
	const [error] = isValid.errors ?? [];
	const place = error?.instancePath.split('/').slice(1).join('.') || 'the whole';
	const allowed = (error?.params as {allowedValues?: unknown[]} | undefined)?.allowedValues;
	const rule = allowed ? `must be one of ${allowed.join(', ')}` : (error?.message ?? 'is wrong');
	throw broken(file, `has an unexpected shape: ${place} ${rule}`);
}

/** A file of ours that cannot be used: it is the user's to mend, and is never written over. */
export function broken(file: string, what: string, hint?: string): KlingError {
	return new KlingError('invalid_config', `${file} ${what}`, {
		path: file,
		hint: hint ?? 'Correct the file, or move it away and sign in again: kling auth login',
	});
}
