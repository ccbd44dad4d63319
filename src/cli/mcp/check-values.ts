import {KlingError} from '../../lib/errors/kling-error.js';
import {nearest} from '../errors/suggest.js';
import type {InputSchema} from '../requests/input-schema.js';
import type {Arguments} from './tool-server.js';

interface Property {
	type?: string;
	enum?: readonly unknown[];
	items?: Property;
	minimum?: number;
	maximum?: number;
}

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
	string: (value) => typeof value === 'string',
	number: (value) => typeof value === 'number' && Number.isFinite(value),
	integer: (value) => Number.isSafeInteger(value),
	boolean: (value) => typeof value === 'boolean',
	array: (value) => Array.isArray(value),
};

/**
 * Checks the arguments of a tool that are passed to its command as flags: only names that the tool defines
 * may become flags.
 * @returns the arguments that have a value
 * @throws KlingError `invalid_argument`
 */
export function checkValues(args: Arguments, {properties, required = []}: InputSchema): Arguments {
	const names = Object.keys(properties);
	const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== null);
	for (const [name, value] of given) {
		if (!names.includes(name)) throw unknownName(name, names);
		checkValue(name, value, properties[name] as Property);
	}
	const missing = required.find((name) => !given.some(([one]) => one === name));
	if (missing === undefined) return Object.fromEntries(given);
	throw new KlingError('invalid_argument', `${missing} is missing`, {hint: `Give ${required.join(', ')}.`});
}

function checkValue(name: string, value: unknown, property: Property): void {
	const {type = 'string', enum: options, items, minimum = -Infinity, maximum = Infinity} = property;
	const words = options ? `one of ${options.join(', ')}` : `of type ${type}`;
	if (!types[type]?.(value) || (options && !options.includes(value))) {
		throw new KlingError('invalid_argument', `${name} is not ${words}`, {hint: `Give ${name} as ${words}.`});
	}
	if (typeof value === 'number' && (value < minimum || value > maximum)) {
		throw new KlingError('invalid_argument', `${name} is not between ${minimum} and ${maximum}`, {
			hint: `Give ${name} as a number from ${minimum} to ${maximum}.`,
		});
	}
	if (items && Array.isArray(value)) for (const one of value) checkValue(name, one, items);
}

function unknownName(name: string, names: readonly string[]): KlingError {
	const meant = nearest(name, names);
	return new KlingError('invalid_argument', `There is no argument ${name.slice(0, 100)}`, {
		hint: meant ? `Did you mean ${meant}?` : `Known arguments: ${names.join(', ') || 'none'}.`,
	});
}
