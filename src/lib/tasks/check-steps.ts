import {reserveBudget} from '../cost/budget.js';
import {parseTags} from '../cost/tags.js';
import {sum} from '../cost/units.js';
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

interface Terms {
	externalId?: string | undefined;
	tag: readonly string[];
	allowUnknownPrice: boolean;
}

/**
 * Checks that the budgets allow all of several paid steps. Call it before the first step.
 * @throws KlingError `budget_exceeded`
 */
export async function checkSteps(
	session: Session,
	type: TaskName,
	{earlier, body, inputSeconds}: PaidSteps,
	{externalId = newExternalId(session.clock), tag, allowUnknownPrice}: Terms,
): Promise<void> {
	const definition = session.types.definition(type);
	const last = definition && estimateUnits(definition, body, inputSeconds);
	const units = last && String(sum([...earlier.map((call) => paidCalls[call].units), Number(last)]));
	const all = {externalId, units, tags: {...session.tags, ...parseTags(tag)}, allowUnknownPrice};
	await (await reserveBudget(session, all)).release();
}
