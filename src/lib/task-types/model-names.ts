import {distance} from 'fastest-levenshtein';
import {models} from './models.js';

/** So many letters may differ for a name to be taken for a slip. */
const mostSlips = 3;

/** A name as it is compared: copied names bring quotes, invisible characters, capitals, dots and underscores along. */
const plain = (text: string) =>
	text
		.toLowerCase()
		.replaceAll(/[\s_.]/g, '-')
		.replaceAll(/[^a-z\d-]/g, '')
		.split('-')
		.filter((part) => part !== '')
		.join('-')
		.replace(/^(?!kling-)/, 'kling-');

/** The names of a model on either standard, and how they are spelled when they are copied. */
const names: readonly (readonly [plain: string, name: string])[] = Object.entries(models).flatMap(
	([name, {newer}]) => [name, ...(newer ? [newer.name] : [])].map((each) => [plain(each), name] as const),
);

/**
 * The model that a text names, by its name on either standard, however it is spelled: ` Kling-V3 ` and `kling-3.0` are `kling-v3`.
 * @returns the name that the table has, or undefined
 */
export function knownModel(text: string): string | undefined {
	const exact = text.trim();
	if (Object.hasOwn(models, exact)) return exact;
	return names.find(([spelled]) => spelled === plain(text))?.[1];
}

/** The model of the table that a name which is not in it was probably meant to be. */
export function nearestModel(text: string, isCandidate: (name: string) => boolean): string | undefined {
	const typed = plain(text).slice(0, 60);
	const near = names
		.filter(([, name]) => isCandidate(name))
		.map(([spelled, name]) => ({name, slips: distance(spelled, typed)}))
		.sort((a, b) => a.slips - b.slips)[0];
	return near && near.slips <= mostSlips ? near.name : undefined;
}
