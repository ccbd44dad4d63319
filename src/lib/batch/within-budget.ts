import {reserveTogether} from '../tasks/reserve-steps.js';
import type {Session} from '../tasks/task-context.js';
import {callsOf, type Prepared} from './first-steps.js';
import type {PlannedJob} from './planned-job.js';

/**
 * Submits a job, once the budgets allow all of it. Jobs run at once: without this, each could pay for speech or a face
 * detection, and then be refused its task.
 * @param made what this run has made for it
 * @throws KlingError `budget_exceeded` before the first step
 */
export async function withinBudget(
	session: Session,
	{externalId, shot, checked, known}: PlannedJob,
	made: Prepared | undefined,
	submit: () => Promise<void>,
): Promise<void> {
	const earlier = callsOf(checked.first, {...known?.prepared, ...made});
	if (earlier.length === 0) return submit();
	const tags = {...session.tags, ...shot.tags};
	const task = {externalId, units: checked.units, tags, allowUnknownPrice: true};
	const reservation = await reserveTogether(session, earlier, task);
	await submit().finally(() => reservation.release().catch(() => {}));
}
