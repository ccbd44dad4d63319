import {KlingError} from '../errors/kling-error.js';
import type {Budget, BudgetReport} from './budget-file.js';
import {sum} from './units.js';

/** What the errors need from a session: it formats a command that works on the same account. */
interface Hints {
	command: (...words: string[]) => string;
}

/**
 * The error for a submission that would exceed a budget.
 * @param needed its estimated units
 */
export function budgetExceeded(
	{command}: Hints,
	budget: BudgetReport,
	needed: number,
	externalId: string,
): KlingError {
	const {spent, reserved, remaining} = budget;
	const text = `This would cost ${needed} ${unitsOf(budget)}, and ${remaining} are left of ${describeBudget(budget)}; nothing was sent`;
	const raise = command(...setWords(budget, sum([spent, reserved, needed])));
	return new KlingError('budget_exceeded', text, {
		external_task_id: externalId,
		hint: `See what it was spent on: ${command('cost', 'report')}. Raise it: ${raise}`,
	});
}

/** The error for a submission of unknown price, when a budget applies to it. */
export function unknownPrice({command}: Hints, externalId: string, [budget]: readonly Budget[]): KlingError {
	const of = budget === undefined ? '' : `, and there is a budget of ${describeBudget(budget)}`;
	const clear = command('cost', 'budget', 'clear', ...(budget ? whichWords(budget) : []));
	return new KlingError('budget_exceeded', `What this costs is unknown${of}; nothing was sent`, {
		external_task_id: externalId,
		hint: `Add --allow-unknown-price to submit it anyway, or remove the budget: ${clear}`,
	});
}

/** Image units are labelled, because they differ from video units. */
export const unitsOf = ({pack}: Budget) => (pack === 'image' ? 'image units' : 'units');

/** A budget in words, such as `50 units per month for client=acme`. */
export function describeBudget(budget: Budget): string {
	const {units, per, tag} = budget;
	const span = per === 'total' ? 'in total' : `per ${per}`;
	return `${units} ${unitsOf(budget)} ${span}${tag ? ` for ${tag.key}=${tag.value}` : ''}`;
}

/** The command that doubles a budget, or sets it to the least that is needed. */
const setWords = (budget: Budget, needed: number) => [
	...['cost', 'budget', 'set', String(Math.max(budget.units * 2, Math.ceil(needed)))],
	...whichWords(budget),
];

/** The flags that select a budget. */
const whichWords = ({pack, per, tag}: Budget) => [
	...['--per', per],
	...(pack === 'image' ? ['--pack', pack] : []),
	...(tag ? ['--tag', `${tag.key}=${tag.value}`] : []),
];
