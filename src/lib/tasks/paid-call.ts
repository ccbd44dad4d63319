import {stringifyJson} from '../api/json.js';
import type {Read} from '../api/reply.js';
import {reserveBudget, stepsOf} from '../cost/budget.js';
import {KlingError} from '../errors/kling-error.js';
import type {SubmitContext} from '../journal/journal.js';
import {type PaidCall, paidCalls} from '../task-types/calls.js';
import {newExternalId} from './external-ids.js';
import {isOpen} from './paid-steps.js';
import type {Session} from './task-context.js';
import {uninterrupted} from './uninterrupted.js';

/** The result of a call, as far as the journal needs it. */
interface CallResult {
	/** Kling's id for it. */
	id: string;
	/** What it cost, as reported by Kling. */
	units?: string | undefined;
}

export interface CallOptions {
	/** The command line after `kling`, as typed. */
	command: readonly string[];
	tags?: Record<string, string> | undefined;
	allowUnknownPrice?: boolean | undefined;
	/** The batch or shot that it belongs to, for the journal. */
	part?: Pick<SubmitContext, 'batch' | 'shot' | 'take'> | undefined;
	/** External id of the task that it is made for. */
	stepOf?: string | undefined;
}

interface PaidCallOptions<T> extends CallOptions {
	/** Selects the reusable part of the result, for the journal. */
	keep?: (made: T) => Record<string, unknown>;
}

/**
 * Makes a call that **costs the user** and returns its result at once. It is sent only once: the call takes
 * no external id, so whether a lost one was paid for stays unknown. It counts toward budgets and is
 * recorded in the journal like a task.
 * @throws KlingError `submit_unknown` when the response is lost; Kling's refusal; `budget_exceeded`
 */
export async function payForCall<T extends CallResult>(
	session: Session,
	call: PaidCall,
	body: object,
	read: Read<T>,
	{command, tags, allowUnknownPrice, part, stepOf, keep}: PaidCallOptions<T>,
): Promise<T> {
	const {client, clock, journal, purchases} = session;
	const {path, units, noun, was} = paidCalls[call];
	const name = newExternalId(clock);
	const price = String(units);
	if (isOpen(session, call, body)) {
		session.notes.line(
			`Warning: ${noun} ${was} requested before, and that ended without a response: it may have been paid for as well`,
		);
	}
	const reservation = await reserveBudget(session, {
		...{externalId: name, units: price, tags, allowUnknownPrice},
		outOf: stepOf === undefined ? purchases.reservedSteps : stepsOf(stepOf),
	});
	await journal.intend(call, name, body, {
		command: [...command],
		estimatedUnits: price,
		...part,
		...(stepOf !== undefined && {stepOf}),
		...(tags && Object.keys(tags).length > 0 && {tags}),
	});
	const since = ['account', 'ledger', '--since', '1h'];
	const hint = `It takes no external id by which it could be found. Running the command again may cost ${price} units more; what was charged: ${session.command(...since)}`;
	const request = client.request({method: 'POST', path, body: stringifyJson(body), read});
	const answer = uninterrupted(session, request, {
		why: `because ${noun.toLowerCase()} can be fetched only now`,
		afterwards: 'it may be paid for all the same',
	});
	const made = await purchases.during({noun, hint}, answer).catch(async (error: unknown) => {
		if (!(error instanceof KlingError)) throw error;
		if (!error.maybeSubmitted) {
			await journal.refused(name);
			await reservation.release();
			throw error;
		}
		throw new KlingError('submit_unknown', `${noun} may have been made and paid for, or not: ${error.said}`, {
			...error.details,
			cause: error,
			retryable: false,
			hint,
		});
	});
	purchases.hasResult = true;
	try {
		const {id} = made;
		const cost = made.units ?? price;
		if (keep) await journal.keep(name, {id, units: cost, result: keep(made)});
		journal.saw(call, {id, externalId: name, status: 'succeed', videos: [], audios: [], units: cost});
		await reservation.settle(made.units);
	} catch (error) {
		// The call is paid for. An error here would invite the user to pay again.
		const reason = error instanceof Error ? error.message : String(error);
		session.notes.line(
			`Warning: ${noun} ${was} made and paid for, but that could not be written down: ${reason}`,
		);
	}
	return made;
}
