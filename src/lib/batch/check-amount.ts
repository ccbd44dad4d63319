import {type Amount, addUnits, type PackUnits, unitsText} from '../cost/pack-units.js';
import {KlingError} from '../errors/kling-error.js';
import {unitsBefore} from './first-steps.js';
import {type KnownTask, type KnownTasks, unbilledStates} from './known-tasks.js';
import {amountsOf, costs, type Plan} from './planned-job.js';

/** What a run may cost. */
export interface Limits {
	/** Video units for all runs of the batch together. */
	maxUnits: number | undefined;
	/** Image units. */
	maxImageUnits: number | undefined;
	allowUnknownPrice: boolean;
}

/** How many names a message lists at most. */
const maxNames = 5;

/**
 * What the tasks of a batch have cost in all runs so far, steps before the tasks included: what Kling
 * billed, and the estimate for tasks that have not ended.
 * @param packOf which kind of units a type costs
 */
export function alreadySpent(
	{tasks}: KnownTasks,
	packOf: (type: string | undefined) => Amount['pack'],
): Amount[] {
	return [...tasks.values()].flatMap((task): Amount[] => [
		{pack: packOf(task.type), units: spentOn(task)},
		...unitsBefore(task.prepared).map((units): Amount => ({pack: 'video', units})),
	]);
}

/** What a task has cost, or will cost: nothing if none was made, or if it failed. */
export const spentOn = ({status, units, estimatedUnits}: KnownTask): string | undefined =>
	units ?? (unbilledStates.includes(status) ? undefined : estimatedUnits);

/**
 * Refuses a run that may cost more than allowed.
 * @param before what earlier runs cost
 * @throws KlingError `budget_exceeded`
 */
export function checkAmount(
	{jobs}: Pick<Plan, 'jobs'>,
	before: readonly Amount[],
	{maxUnits, maxImageUnits, allowUnknownPrice}: Limits,
): void {
	const paid = jobs.filter(costs);
	const unknown = paid.filter(({checked}) => checked.units === undefined);
	if (unknown.length > 0 && !allowUnknownPrice) throw priceUnknown(unknown.map(({key}) => key));
	if (paid.length === 0) return;
	const wanted = addUnits(paid.flatMap(amountsOf));
	const spent = addUnits(before);
	const all = addUnits([...before, ...paid.flatMap(amountsOf)]);
	if (Number(all.units) > (maxUnits ?? Number.POSITIVE_INFINITY))
		throw tooMuch('--max-units', maxUnits, {wanted, spent});
	if (Number(all.image_units ?? 0) > (maxImageUnits ?? Number.POSITIVE_INFINITY))
		throw tooMuch('--max-image-units', maxImageUnits, {wanted, spent});
}

function priceUnknown(keys: readonly string[]): KlingError {
	const tasks = keys.length === 1 ? '1 task' : `${keys.length} tasks`;
	const names = `${keys.slice(0, maxNames).join(', ')}${keys.length > maxNames ? ', …' : ''}`;
	return new KlingError('budget_exceeded', `The price of ${tasks} is unknown: ${names}`, {
		hint: 'Nothing was submitted. Add --allow-unknown-price to submit them anyway.',
	});
}

function tooMuch(
	flag: string,
	limit: number | undefined,
	{wanted, spent}: {wanted: PackUnits; spent: PackUnits},
): KlingError {
	const has = Number(spent.units) + Number(spent.image_units ?? 0) > 0;
	const earlier = has ? `, and earlier runs cost ${unitsText(spent)}` : '';
	const text = `This would cost ${unitsText(wanted)}${earlier}; ${flag} is ${limit}`;
	return new KlingError('budget_exceeded', text, {
		hint: `Nothing was submitted. Choose fewer shots with --only, or raise ${flag}.`,
	});
}
