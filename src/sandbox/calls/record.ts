import {makeTask} from '../create.js';
import {findImageFault} from '../images.js';
import {readRehearsal, unreachable, unreachableText} from '../prompts.js';
import {type Reply, refusals} from '../reply.js';
import type {State} from '../state.js';
import type {Pack, SandboxTask} from '../task.js';
import type {Planned} from '../types/definition.js';

/** Records what a call that returns at once made and cost, as a task that has ended. */
export function record(
	type: string,
	planned: Omit<Planned, 'seconds' | 'slots'>,
	{store, clock, ledger}: State,
	pack: Pack = 'video',
): SandboxTask {
	const createdAt = clock.now();
	const submission = {type, pack, externalId: undefined};
	const task = makeTask(store.freshId(createdAt), submission, {...planned, seconds: 0, slots: 0}, clock, {
		createdAt,
	});
	task.isHidden = true;
	store.add(task);
	ledger.add(task);
	return task;
}

/** What a task has to say about its cost. */
export const costView = ({units}: SandboxTask) => ({
	final_unit_deduction: String(units ?? 0),
	final_balance_deduction: {quota: '0', list_price: '0'},
});

/** Why a body is refused apart from its values: because it asks for that, or because of its pictures. */
export function refuseCall(body: object, pictures: readonly unknown[] = []): Reply | undefined {
	if (readRehearsal(body).isRejected) return refusals.contentPolicy();
	const fault = findImageFault(pictures);
	if (fault) return refusals.badValue('refused' in fault ? fault.refused : fault.failed);
	return unreachable(body) ? refusals.badValue(unreachableText) : undefined;
}
