import {type Body, isAbsent, isObject} from './read.js';

/** Checks the value of a field that is present, and returns what is wrong with it, in Kling's words. */
export type Check = (value: unknown, field: string) => string | undefined;

/** The fields of an object that are checked; others are accepted, as at Kling. */
export interface Fields {
	[field: string]: Check | Needed;
}

interface Needed {
	check: Check;
}

/** A required field. */
export const needed = (check: Check): Needed => ({check});

const maxShownLength = 100;

function shown(value: unknown): string {
	const all = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
	return Array.from(all.slice(0, 2 * maxShownLength))
		.slice(0, maxShownLength)
		.join('');
}

/** The message for a value that is not allowed; observed for several fields (docs/kling-api.md §9). */
export const invalid = (field: string, value: unknown): string =>
	`${field} value '${shown(value)}' is invalid`;

export const empty = (field: string): string => `${field} can not be empty`;

const unless =
	(holds: (value: unknown) => boolean): Check =>
	(value, field) =>
		holds(value) ? undefined : invalid(field, value);

/** A text with a maximum number of characters. */
export const text =
	(maxLength = Number.POSITIVE_INFINITY): Check =>
	(value, field) => {
		if (typeof value !== 'string') return invalid(field, value);
		if (value.length <= maxLength || Array.from(value).length <= maxLength) return undefined;
		return `${field} length can not be greater than ${maxLength}`;
	};

export const oneOf = (...values: readonly unknown[]): Check => unless((value) => values.includes(value));

/** A boolean; official samples also write it as a text. */
export const flag: Check = unless((value) => [true, false, 'true', 'false'].includes(value as boolean));

export const number = (from: number, to: number): Check =>
	unless((value) => typeof value === 'number' && value >= from && value <= to);

export const wholeNumber = (from: number, to = Number.POSITIVE_INFINITY): Check =>
	unless((value) => Number.isInteger(value) && Number(value) >= from && Number(value) <= to);

/** A whole number written as a text. */
export const wholeNumberText = (from: number, to: number): Check =>
	unless(
		(value) => /^\d{1,4}$/.test(String(value)) && typeof value === 'string' && +value >= from && +value <= to,
	);

export const webAddress: Check = unless((value) => typeof value === 'string' && /^https?:\/\//.test(value));

/** An id that is documented as a number and also accepted as a text. */
export const elementId: Check = unless((value) => /^[1-9]\d{0,24}$/.test(String(value)) || Number(value) > 0);

export const object =
	(fields: Fields): Check =>
	(value, field) =>
		isObject(value) ? findFlaw(fields, value, `${field}.`) : invalid(field, value);

/** A list of objects, with the number allowed. */
export const listOf =
	(fields: Fields, maxItems = Number.POSITIVE_INFINITY): Check =>
	(value, field) => {
		if (!Array.isArray(value)) return invalid(field, value);
		if (value.length > maxItems) return `${field} size can not be greater than ${maxItems}`;
		for (const [index, item] of value.entries()) {
			const at = `${field}[${index}]`;
			const flaw = isObject(item) ? findFlaw(fields, item, `${at}.`) : invalid(at, item);
			if (flaw) return flaw;
		}
		return undefined;
	};

/** The first problem in a body's fields, in the order in which they are listed. */
export function findFlaw(fields: Fields, body: Body, prefix = ''): string | undefined {
	for (const [name, rule] of Object.entries(fields)) {
		const value = body[name];
		const isNeeded = typeof rule !== 'function';
		if (isAbsent(value) || (isNeeded && Array.isArray(value) && value.length === 0)) {
			if (isNeeded) return empty(prefix + name);
			continue;
		}
		const flaw = (isNeeded ? rule.check : rule)(value, prefix + name);
		if (flaw) return flaw;
	}
	return undefined;
}

/** Fields that every request for a task may have (docs/kling-api.md §6). */
export const common: Fields = {
	callback_url: text(),
	external_task_id: text(),
};

/** The same with the watermarked copy, which most types offer. */
export const commonWithMark: Fields = {...common, watermark_info: object({enabled: flag})};
