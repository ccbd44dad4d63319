import type {RequestFacts} from './facts.js';
import {type Combination, type Model, models} from './models.js';

/** `a`, `a or b`, `a, b or c`. */
export function or(items: readonly (string | number)[]): string {
	const last = items.at(-1) ?? '';
	return items.length < 2 ? String(last) : `${items.slice(0, -1).join(', ')} or ${last}`;
}

/** Durations in readable form: `5 or 10 s`, `3 to 15 s`. */
export function secondsText(durations: readonly number[]): string {
	const [first = 0, last = 0] = [durations[0], durations.at(-1)];
	const isRange = durations.length > 2 && last - first === durations.length - 1;
	return `${isRange ? `${first} to ${last}` : or(durations)} s`;
}

/**
 * Names of a type's models that Kling is believed to run for any account, optionally filtered by a property.
 */
export function liveModels(type: string, has: (model: Model) => boolean = () => true): string[] {
	return Object.entries(models)
		.filter(
			([, model]) => model.state === 'live' && !model.isNewerOnly && model.types.includes(type) && has(model),
		)
		.map(([name]) => name);
}

/** Where a feature works: `in pro mode`, `in std mode and with 5 s`. */
export function limitsText({modes}: Combination, durations: readonly number[] | undefined): string {
	const mode = `in ${or(modes)} mode`;
	return durations === undefined ? mode : `${mode} and with ${secondsText(durations)}`;
}

/** What to change in a request so that a feature works: `add --mode pro`. */
export function changesText({mode, duration}: RequestFacts, {modes, durations}: Combination): string {
	const parts = [
		...(modes.includes(mode) ? [] : [`--mode ${or(modes)}`]),
		...(durations === undefined || durations.includes(duration) ? [] : [`--duration ${or(durations)}`]),
	];
	return `add ${parts.join(' and ')}`;
}

/** What to do about a feature that the model does not have. */
export function alternativesText({type}: RequestFacts, flag: string, has: (model: Model) => boolean): string {
	const names = liveModels(type, has);
	if (names.length === 0) return `leave out ${flag}, which no model that Kling still runs has`;
	return `use --model ${or(names)}, or leave out ${flag}`;
}

const live = () => Object.entries(models).filter(([, {state}]) => state === 'live');

/** The durations of the models: `3-15 for a and b, 5 or 10 for others`. The most common ones come last. */
export function durationsText(): string {
	const byText = new Map<string, string[]>();
	for (const [name, {durations}] of Object.entries(models)) {
		const text = shortSeconds(durations);
		byText.set(text, [...(byText.get(text) ?? []), name]);
	}
	const [most, ...rest] = [...byText].sort(([, a], [, b]) => b.length - a.length);
	return [
		...rest.map(([text, names]) => `${text} for ${names.join(' and ')}`),
		`${most?.[0]} for others`,
	].join(', ');
}

function shortSeconds(durations: readonly number[]): string {
	return durations.length > 2 ? `${durations[0]}-${durations.at(-1)}` : or(durations);
}

/** Which mode is sent when none is requested. */
export function modesText(): string {
	const others = live().flatMap(([name, {defaultMode}]) =>
		defaultMode ? [`${defaultMode} for ${name}`] : [],
	);
	return ['std, the cheapest', ...others].join('; ');
}

/** All models of a type that can be named, for help. */
export function modelsText(type: string): string {
	const newer = Object.entries(models).flatMap(([name, {isNewerOnly, types}]) =>
		isNewerOnly && types.includes(type) ? [name] : [],
	);
	return [or(liveModels(type)), ...(newer.length > 0 ? [`with an API key also ${or(newer)}`] : [])].join(
		'; ',
	);
}
