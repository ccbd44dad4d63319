import {type Amount, addUnits, moneyFor, type PackUnits} from '../cost/pack-units.js';
import {sumUnits} from '../cost/units.js';
import {definedOnly} from '../errors/kling-error.js';
import {type Pack, type PerPack, packField} from '../task-types/packs.js';
import {unitsBefore} from './first-steps.js';
import {type KnownTask, readKnownTasks} from './known-tasks.js';
import type {StateLine} from './state-file.js';

/** A task of a batch, with what an invoice needs. */
export interface ReportRow {
	shot: string | undefined;
	take: number | undefined;
	status: KnownTask['status'];
	type: string | undefined;
	model: string | undefined;
	tags: string;
	submitted_at: number | undefined;
	estimated_units: string | undefined;
	/** What it cost according to Kling; undefined while that is unknown. */
	units: string | undefined;
	/** What the face detection and the speech before it cost, in video units. */
	units_before?: string | undefined;
	/** Which kind of units, if not video units. */
	pack?: 'image' | undefined;
	usd: string | undefined;
	seconds: number | undefined;
	file: string | undefined;
	task_id: string | undefined;
	external_task_id: string;
	message: string | undefined;
}

/** Sums of tasks. */
interface ReportTotals extends PackUnits {
	estimated_units: string;
	estimated_image_units?: string | undefined;
	usd: string;
	/** Tasks whose cost Kling has not reported. */
	not_billed_yet?: number | undefined;
}

/** What a batch has made and cost. */
export interface Report extends ReportTotals {
	batch?: string | undefined;
	tasks: number;
	succeeded: number;
	failed: number;
	by_tag: ({tag: string; tasks: number} & ReportTotals)[];
	rows: ReportRow[];
}

/** What units are worth. */
interface Money {
	/** Price of a unit of each kind. */
	unitPrice: PerPack<number>;
	/** Which kind of units a type costs. */
	packOf: (type: string | undefined) => Pack;
}

/** The columns of a report as CSV. */
export const reportColumns = [
	'shot',
	'take',
	'status',
	'type',
	'model',
	'tags',
	'submitted_at',
	'estimated_units',
	'units',
	'units_before',
	'pack',
	'usd',
	'seconds',
	'file',
	'task_id',
	'external_task_id',
	'message',
] as const satisfies readonly (keyof ReportRow)[];

/**
 * What a batch has made and cost, from its state file: every task, including those of earlier versions and retries.
 * @param folder folder of the manifest
 */
export function reportOf(lines: readonly StateLine[], folder: string, money: Money): Report {
	const tasks = [...readKnownTasks(lines, folder).tasks.values()].filter(
		({taskId, prepared}) => taskId !== undefined || unitsBefore(prepared).length > 0,
	);
	const rows = tasks.map((task) => rowOf(task, money));
	const started = lines.findLast(({event}) => event === 'started');
	return {
		batch: typeof started?.batch === 'string' ? started.batch : undefined,
		tasks: tasks.filter(({taskId}) => taskId !== undefined).length,
		succeeded: tasks.filter(({status}) => status === 'succeeded').length,
		failed: tasks.filter(({status}) => status === 'failed').length,
		...totals(tasks, money),
		by_tag: byTag(tasks, money),
		rows,
	};
}

function rowOf(task: KnownTask, {unitPrice, packOf}: Money): ReportRow {
	const units = billed(task);
	const pack = packOf(task.type);
	const before = unitsBefore(task.prepared);
	return {
		shot: task.shot,
		take: task.take,
		status: task.status,
		type: task.type,
		model: task.model,
		tags: tagTexts(task).join(' '),
		submitted_at: task.submittedAt === undefined ? undefined : Date.parse(task.submittedAt),
		estimated_units: task.estimatedUnits,
		units,
		units_before: before.length === 0 ? undefined : sumUnits(before),
		...packField(pack),
		usd:
			units === undefined && before.length === 0
				? undefined
				: moneyFor([{pack, units}, ...amountsBefore(task)], unitPrice),
		seconds: task.seconds,
		file: task.files.join(' ') || undefined,
		task_id: task.taskId,
		external_task_id: task.externalId,
		message: task.message,
	};
}

const amountsBefore = ({prepared}: KnownTask): Amount[] =>
	unitsBefore(prepared).map((units) => ({pack: 'video', units}));

/** Failed tasks are not billed (docs/kling-api.md §14). */
const billed = ({status, units}: KnownTask) => (status === 'failed' ? (units ?? '0') : units);

const tagTexts = ({tags = {}}: KnownTask) => Object.entries(tags).map(([key, value]) => `${key}=${value}`);

function totals(tasks: readonly KnownTask[], {unitPrice, packOf}: Money): ReportTotals {
	const before = tasks.flatMap(amountsBefore);
	const amounts = [...tasks.map((task) => ({pack: packOf(task.type), units: billed(task)})), ...before];
	const estimates = tasks.map(({type, status, estimatedUnits}) => ({
		pack: packOf(type),
		units: status === 'failed' ? undefined : estimatedUnits,
	}));
	const {units: estimated, image_units: estimatedImage} = addUnits([...estimates, ...before]);
	const unbilled = tasks.filter((task) => task.taskId !== undefined && billed(task) === undefined);
	return definedOnly({
		estimated_units: estimated,
		estimated_image_units: estimatedImage,
		...addUnits(amounts),
		usd: moneyFor(amounts, unitPrice),
		not_billed_yet: unbilled.length === 0 ? undefined : unbilled.length,
	});
}

function byTag(tasks: readonly KnownTask[], money: Money) {
	const tags = new Set(tasks.flatMap(tagTexts));
	return [...tags].sort().map((tag) => {
		const tagged = tasks.filter((task) => tagTexts(task).includes(tag));
		return {tag, tasks: tagged.length, ...totals(tagged, money)};
	});
}
