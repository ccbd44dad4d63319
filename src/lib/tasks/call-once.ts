import {stringifyJson} from '../api/json.js';
import type {Read} from '../api/reply.js';
import type {Task} from '../api/task.js';
import {reserveBudget} from '../cost/budget.js';
import {KlingError} from '../errors/kling-error.js';
import type {SubmitContext} from '../journal/journal.js';
import type {TaskTypeDefinition} from '../task-types/definition.js';
import type {RequestBody} from '../task-types/facts.js';
import {estimateUnits} from '../task-types/prices.js';
import {newExternalId} from './external-ids.js';
import type {Session} from './task-context.js';

export interface CallOptions {
	/** For the journal. */
	context?: SubmitContext;
	/** Whether it may be sent though there is a budget and the price is unknown. */
	allowUnknownPrice?: boolean | undefined;
}

/**
 * Sends a request whose reply is the result: **costs the user**. Kling takes no external id for it, so nobody can find out what became
 * of one whose response is lost: it is sent once, and counts as spent.
 * @param read gives the result, as a task that has ended; without an id it gets the journal's name
 * @throws KlingError Kling's refusal; `submit_unknown` when the response was lost; as reserveBudget
 */
export async function callOnce<T extends Omit<Task, 'id'> & {id?: string}>(
	session: Session,
	definition: TaskTypeDefinition,
	body: RequestBody,
	read: Read<T>,
	{context = {}, allowUnknownPrice}: CallOptions = {},
): Promise<T & {id: string}> {
	const {client, journal, clock} = session;
	const {name: type, paths} = definition;
	const externalId = newExternalId(clock);
	const units = estimateUnits(definition, body);
	const reservation = await reserveBudget(session, {
		externalId,
		units,
		tags: context.tags,
		allowUnknownPrice,
	});
	try {
		const result = await client.request({method: 'POST', path: paths.v1, body: stringifyJson(body), read});
		const named = {...result, id: result.id ?? externalId, externalId};
		await journal.intend(type, externalId, body, {
			...context,
			...(units !== undefined && {estimatedUnits: units}),
		});
		await journal.saw(type, named);
		await reservation.settle(result.units ?? units).catch(() => {});
		return named;
	} catch (error) {
		if (error instanceof KlingError && error.maybeSubmitted) {
			await reservation.settle(units).catch(() => {});
			throw unknownOutcome(error, session, units);
		}
		await reservation.release().catch(() => {});
		throw error;
	}
}

function unknownOutcome(lost: KlingError, {command}: Session, units: string | undefined): KlingError {
	const cost = units === undefined ? 'It may have cost units' : `It may have cost ${units} units`;
	return new KlingError(
		'submit_unknown',
		`${lost.said}. ${cost}: Kling may have done the work all the same`,
		{
			...lost.details,
			cause: lost,
			retryable: false,
			hint: `Kling keeps nothing to look it up by. See whether it was charged: ${command('account', 'ledger', '--since', '1h')}`,
		},
	);
}
