import {type Reservation, type ReserveRequest, reserveBudget, stepsOf} from '../cost/budget.js';
import {parseTags} from '../cost/tags.js';
import {sum} from '../cost/units.js';
import {KlingError} from '../errors/kling-error.js';
import {type PaidCall, paidCalls} from '../task-types/calls.js';
import type {RequestBody} from '../task-types/facts.js';
import {estimateUnits} from '../task-types/prices.js';
import type {TaskName} from '../task-types/registry.js';
import {newExternalId} from './external-ids.js';
import type {Session} from './task-context.js';

/** A task that needs other paid calls first. */
export interface PaidSteps {
	earlier: readonly PaidCall[];
	/** The task's request body, as far as it is known. */
	body: RequestBody;
	/** The length of its sound, or the shortest it can be. */
	inputSeconds?: number | undefined;
}

interface StepFlags {
	externalId?: string | undefined;
	tag: readonly string[];
	allowUnknownPrice: boolean;
}

/**
 * Reserves units for all of several paid steps and their task, so that parallel commands pay for no step of a
 * task that exceeds a budget. Each step then takes its units from this reservation. Call it before the first
 * step, and release it after the last.
 * @throws KlingError `budget_exceeded`
 */
export async function reserveSteps(
	session: Session,
	type: TaskName,
	{earlier, body, inputSeconds}: PaidSteps,
	{externalId, tag, allowUnknownPrice}: StepFlags,
): Promise<Reservation> {
	const definition = session.types.definition(type);
	const units = definition && estimateUnits(definition, body, inputSeconds);
	const taskName = externalId ?? newExternalId(session.clock);
	// Without an external id, nothing else links the steps to their task.
	if (externalId === undefined) session.purchases.reservedSteps = stepsOf(taskName);
	const tags = {...session.tags, ...parseTags(tag)};
	return reserveTogether(session, earlier, {externalId: taskName, units, tags, allowUnknownPrice});
}

/**
 * The same for a task whose price is known.
 * @param earlier the steps that are still to be paid for
 * @param task whose external id the steps name as well
 * @throws KlingError `budget_exceeded`
 */
export async function reserveTogether(
	session: Session,
	earlier: readonly PaidCall[],
	{externalId, units: last, ...terms}: Omit<ReserveRequest, 'outOf' | 'pack'>,
): Promise<Reservation> {
	const units = last && String(sum([...earlier.map((call) => paidCalls[call].units), Number(last)]));
	// The task gets a reservation of its own. If this process is killed, the same line replaces this one.
	return reserveBudget(session, {...terms, externalId: stepsOf(externalId), units}).catch(
		(error: unknown) => {
			// The name of this reservation means nothing to the user.
			throw error instanceof KlingError && error.details.external_task_id === stepsOf(externalId)
				? error.with({external_task_id: externalId})
				: error;
		},
	);
}
