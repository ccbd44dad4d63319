import {makeTask} from './create.js';
import {seedId} from './ids.js';
import {pageParameter} from './page.js';
import {succeed} from './reply.js';
import type {Result} from './results.js';
import type {Handler, Routes} from './route-types.js';
import type {State} from './state.js';
import type {SandboxTask} from './task.js';
import {type Link, taskView} from './view.js';

/* Elements and voices that every account has. */

const element = (presetId: number | undefined, name: string, description: string): Result => ({
	kind: 'element',
	element: {
		name,
		description,
		reference: 'image_refer',
		sides: 1,
		tags: [],
		...(presetId !== undefined && {presetId}),
	},
});

const presets: readonly {number: number; type: string; result: Result}[] = [
	{number: 601, type: 'preset-element', result: element(160, 'Robot', 'Small brass robot')},
	{number: 602, type: 'preset-element', result: element(161, 'Fox', 'Red fox with a white tail')},
	{number: 603, type: 'preset-element', result: element(162, 'Lantern', 'Paper lantern, lit')},
	// One with an id beyond 2^53, which other elements may also have.
	{number: 604, type: 'preset-element', result: element(undefined, 'Teapot', 'White teapot with a crack')},
	{number: 701, type: 'preset-voice', result: {kind: 'voice', name: 'Narrator'}},
	{
		number: 702,
		type: 'preset-voice',
		result: {kind: 'voice', name: 'Storyteller', presetId: '829836868232302622'},
	},
];

export function addPresets({store, clock}: State): void {
	const createdAt = clock.now() - 90 * 86_400_000;
	for (const {number, type, result} of presets) {
		const submission = {type, pack: 'video' as const, externalId: undefined};
		const task = makeTask(seedId(number), submission, {result, seconds: 0, slots: 0}, clock, {createdAt});
		task.seed = true;
		task.isHidden = true;
		store.add(task);
	}
}

// Kling shows no cost for either, and nothing else about voices.
function presetView(task: SandboxTask, link: Link, now: number): object {
	const {
		final_balance_deduction: _,
		task_info: info,
		task_result: result,
		created_at,
		updated_at,
		...view
	} = taskView(task, link, now) as ReturnType<typeof taskView> & {final_balance_deduction?: object};
	return task.result.kind === 'voice'
		? {...view, created_at, updated_at, task_result: result}
		: {...view, task_info: info, task_result: result, created_at, updated_at};
}

const listPresets =
	(type: string, maxPerPage: number): Handler =>
	({query, state: {store, clock, link}}) => {
		const number = pageParameter(query, 'pageNum', 1000, 1);
		if (typeof number !== 'number') return number;
		const size = pageParameter(query, 'pageSize', maxPerPage, 30);
		if (typeof size !== 'number') return size;
		const tasks = store.list(type, {number: 1, size: 1000}).reverse();
		const page = tasks.slice((number - 1) * size, number * size);
		return succeed(page.map((task) => presetView(task, link, clock.now())));
	};

export const presetRoutes: Routes = {
	exact: {
		'/v1/general/advanced-presets-elements': {GET: listPresets('preset-element', 500)},
		'/v1/general/presets-voices': {GET: listPresets('preset-voice', 1000)},
	},
	under: {},
};
