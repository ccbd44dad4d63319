import {findImageFault} from './images.js';
import {rehearsedRejection} from './prompts.js';
import {type Reply, refusals, succeed} from './reply.js';
import {judges} from './rules/index.js';
import type {Body} from './rules/read.js';
import {planTask} from './schedule.js';
import {findSource} from './source.js';
import type {State} from './state.js';
import type {SandboxType} from './types.js';
import {createdView} from './view.js';

type Check = (type: SandboxType, body: Body, state: State) => Reply | undefined;

const refuseIf = (message: string | undefined) =>
	message === undefined ? undefined : refusals.badValue(message);

/** In the order in which a request is judged. */
const checks: readonly Check[] = [
	(type, body, {models}) => judges[type]?.(body, models),
	(_, body) => (rehearsedRejection(body) ? refusals.contentPolicy() : undefined),
	(_, body) => {
		const fault = findImageFault(body);
		return refuseIf(fault && 'refused' in fault ? fault.refused : undefined);
	},
	(type, body, {store, clock}) => {
		const source = findSource(type, body, store, clock);
		return refuseIf('refused' in source ? source.refused : undefined);
	},
	(_, {external_task_id: id}, {store}) =>
		refuseIf(
			typeof id === 'string' && store.hasExternalId(id) ? `External_task_id ${id} already exists` : undefined,
		),
	(_type, _body, {store, clock, slots}) =>
		store.running(clock.now()) >= slots ? refusals.noSlot() : undefined,
];

/** Judges a create body and makes the task, or says why not. It cannot be found for `hiddenMs`. */
export function createTask(type: SandboxType, body: Body, state: State, hiddenMs = 0): Reply {
	for (const check of checks) {
		const refusal = check(type, body, state);
		if (refusal) return refusal;
	}
	const {store, clock, assets, callbacks} = state;
	const createdAt = clock.now();
	const source = findSource(type, body, store, clock);
	const parent = 'task' in source ? source.task : undefined;
	const planned = planTask(type, body, clock, {ids: store.freshIds(createdAt), createdAt, parent});
	const task = {...planned, foundFrom: createdAt + hiddenMs};
	store.add(task);
	assets.add(task);
	callbacks.watch(task, body.callback_url);
	return succeed(createdView(task));
}
