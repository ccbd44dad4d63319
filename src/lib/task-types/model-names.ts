import {distance} from 'fastest-levenshtein';
import {models} from './models.js';

/** Most letters that may differ for a name to count as a typo. */
const maxSlips = 3;

/**
 * Normalizes a name for comparison. Copied names contain quotes, invisible characters, capitals, dots and
 * underscores.
 */
const plain = (text: string) =>
	text
		.toLowerCase()
		.replaceAll(/[\s_.]/g, '-')
		.replaceAll(/[^a-z\d-]/g, '')
		.split('-')
		.filter((part) => part !== '')
		.join('-')
		.replace(/^(?!kling-)/, 'kling-');

/** The names of the models on both standards, with their normalized forms. */
const names: readonly (readonly [plain: string, name: string])[] = Object.entries(models).flatMap(
	([name, {newer}]) => [name, ...(newer ? [newer.name] : [])].map((each) => [plain(each), name] as const),
);

/**
 * Finds a model by its name on either standard, however it is spelled: ` Kling-V3 ` and `kling-3.0` are
 * `kling-v3`.
 * @returns the name in the table, or undefined
 */
export function knownModel(text: string): string | undefined {
	const exact = text.trim();
	if (Object.hasOwn(models, exact)) return exact;
	return names.find(([spelled]) => spelled === plain(text))?.[1];
}

/** The known model that an unknown name was probably meant to be. */
export function nearestModel(text: string, isCandidate: (name: string) => boolean): string | undefined {
	const typed = plain(text).slice(0, 60);
	const near = names
		.filter(([, name]) => isCandidate(name))
		.map(([spelled, name]) => ({name, slips: distance(spelled, typed)}))
		.sort((a, b) => a.slips - b.slips)[0];
	return near && near.slips <= maxSlips ? near.name : undefined;
}
