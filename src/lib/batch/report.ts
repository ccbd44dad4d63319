import {definedOnly} from '../errors/kling-error.js';
import {moneyFor, sumUnits} from './amounts.js';
import {type KnownTask, knownFrom} from './known-jobs.js';
import type {StateLine} from './state-file.js';

/** A task of a batch as an invoice needs it. */
interface ReportRow {
	shot: string | undefined;
	take: number | undefined;
	status: KnownTask['status'];
	type: string | undefined;
	model: string | undefined;
	tags: string;
	submitted_at: number | undefined;
	estimated_units: string | undefined;
	/** What Kling says that it cost; undefined while nobody knows. */
	units: string | undefined;
	usd: string | undefined;
	seconds: number | undefined;
	file: string | undefined;
	task_id: string | undefined;
	external_task_id: string;
	message: string | undefined;
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
	'usd',
	'seconds',
	'file',
	'task_id',
	'external_task_id',
	'message',
] as const satisfies readonly (keyof ReportRow)[];

/**
 * What a batch has made and cost, from its state file: every task, those of earlier versions and of retries as well.
 * @param folder of the manifest
 * @param unitPrice of one unit, in US dollars
 */
export function reportOf(lines: readonly StateLine[], folder: string, unitPrice: number) {
	const tasks = [...knownFrom(lines, folder).tasks.values()].filter(({taskId}) => taskId !== undefined);
	const rows = tasks.map((task) => rowOf(task, unitPrice));
	const started = lines.findLast(({event}) => event === 'started');
	return {
		batch: typeof started?.batch === 'string' ? started.batch : undefined,
		tasks: tasks.length,
		succeeded: tasks.filter(({status}) => status === 'succeeded').length,
		failed: tasks.filter(({status}) => status === 'failed').length,
		...totals(tasks, unitPrice),
		by_tag: byTag(tasks, unitPrice),
		rows,
	};
}

function rowOf(task: KnownTask, unitPrice: number): ReportRow {
	const units = billed(task);
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
		usd: units === undefined ? undefined : moneyFor(units, unitPrice),
		seconds: task.seconds,
		file: task.files.join(' ') || undefined,
		task_id: task.taskId,
		external_task_id: task.externalId,
		message: task.message,
	};
}

/** Failed tasks are not billed (docs/kling-api.md §14). */
const billed = ({status, units}: KnownTask) => (status === 'failed' ? (units ?? '0') : units);

const tagTexts = ({tags = {}}: KnownTask) => Object.entries(tags).map(([key, value]) => `${key}=${value}`);

function totals(tasks: readonly KnownTask[], unitPrice: number) {
	const units = sumUnits(tasks.map(billed));
	const unbilled = tasks.filter((task) => billed(task) === undefined);
	return definedOnly({
		estimated_units: sumUnits(
			tasks.filter(({status}) => status !== 'failed').map(({estimatedUnits}) => estimatedUnits),
		),
		units,
		usd: moneyFor(units, unitPrice),
		/** Tasks whose price Kling has not told yet. */
		not_billed_yet: unbilled.length === 0 ? undefined : unbilled.length,
	});
}

function byTag(tasks: readonly KnownTask[], unitPrice: number) {
	const tags = new Set(tasks.flatMap(tagTexts));
	return [...tags].sort().map((tag) => {
		const tagged = tasks.filter((task) => tagTexts(task).includes(tag));
		return {tag, tasks: tagged.length, ...totals(tagged, unitPrice)};
	});
}
