import {KlingError} from '../errors/kling-error.js';
import type {TaskTypeInfo} from './definition.js';
import {modelOf} from './models.js';

/** `v1` is the older standard of the API, `tasks` the newer one (docs/kling-api.md §15). */
export type Standard = 'v1' | 'tasks';

/** The choices of a user. `auto` uses the newer standard for what it offers, if the account can use it. */
export const apiChoices = ['auto', 'v1', 'tasks'] as const;

export type ApiChoice = (typeof apiChoices)[number];

/** What decides the standard besides the request itself. */
export interface ApiAccess {
	choice: ApiChoice;
	/** Where the choice was made, if not by a flag: `the profile 'studio'`. */
	chosenBy?: string | undefined;
	/** The newer standard refuses tokens that are signed with a key pair. */
	hasApiKey: boolean;
}

/** The form of model names on the older standard, for deciding about unknown names. */
const olderName = /^kling-(v\d|video-)/;

const isOnNewer = (model: string): boolean =>
	modelOf(model) ? modelOf(model)?.newer !== undefined : !olderName.test(model);

/**
 * Decides which standard a request uses. Nothing else decides this.
 * @param type a type, and its name
 * @param model as named in the request; undefined for a type without models
 * @throws KlingError `conflicting_input` when --api asks for the impossible, `invalid_model` for a model of
 * the other standard
 */
export function chooseStandard(
	{name, paths}: Pick<TaskTypeInfo, 'paths'> & {name: string},
	model: string | undefined,
	{choice, hasApiKey, chosenBy}: ApiAccess,
): Standard {
	if (paths.lookup !== undefined) return newerOnly(name, {choice, hasApiKey, chosenBy});
	const hasType = paths.tasks !== undefined;
	const hasModel = model !== undefined && isOnNewer(model);
	const standard = choice === 'auto' ? (hasApiKey && hasType && hasModel ? 'tasks' : 'v1') : choice;
	if (standard === 'v1' && model !== undefined && modelOf(model)?.isNewerOnly) {
		throw new KlingError('invalid_model', `${model} exists on the newer standard of the API only`, {
			hint: hasApiKey
				? `${undo('v1', chosenBy)}, or choose another --model.`
				: 'That takes an API key: set KLING_API_KEY or sign in with one, or choose another --model.',
		});
	}
	if (standard === 'v1') return standard;
	const refused = (what: string) =>
		new KlingError('conflicting_input', what, {
			hint:
				chosenBy === undefined ? 'Leave out --api tasks, or use --api v1.' : `${undo('tasks', chosenBy)}.`,
		});
	if (!hasApiKey) {
		throw new KlingError('conflicting_input', 'The newer standard of the API refuses a key pair', {
			hint: `${undo('tasks', chosenBy)}, or use an API key: set KLING_API_KEY, or sign in with one.`,
		});
	}
	if (!hasType) throw refused(`The newer standard of the API has no ${name}`);
	if (!hasModel) throw refused(`The newer standard of the API has no model ${model}`);
	return standard;
}

/** What undoes the choice of a standard: a flag wins over a profile and the environment. */
const undo = (choice: Standard, chosenBy: string | undefined): string =>
	chosenBy === undefined
		? `Leave out --api ${choice}`
		: `${chosenBy} chooses --api ${choice}: add --api ${choice === 'v1' ? 'auto' : 'v1'}`;

/** The error for a type that exists only on the newer standard, when the account has a key pair. */
export const needsApiKey = (name: string): KlingError =>
	new KlingError('conflicting_input', `${name} takes an API key: Kling refuses a key pair there`, {
		hint: 'Set KLING_API_KEY, or sign in with an API key: kling auth login.',
	});

/** @throws KlingError `conflicting_input` when the newer standard cannot be used */
function newerOnly(name: string, {choice, hasApiKey, chosenBy}: ApiAccess): Standard {
	if (!hasApiKey) throw needsApiKey(name);
	if (choice !== 'v1') return 'tasks';
	throw new KlingError('conflicting_input', `${name} exists on the newer standard of the API only`, {
		hint: `${undo('v1', chosenBy)}.`,
	});
}
