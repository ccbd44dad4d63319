import {addUnits, moneyFor, type PackUnits} from '../cost/pack-units.js';
import {definedOnly} from '../errors/kling-error.js';
import {type PerPack, packField} from '../task-types/packs.js';
import type {Value} from './manifest.js';
import {amountsOf, costs, type JobState, type Plan, type PlannedJob} from './planned-job.js';
import {textOf} from './shot.js';

/** Slots of a trial pack, used until the account shows how many it has (docs/kling-api.md §10). */
export const defaultSlots = 5;
/** Seconds for a task whose usual time is unknown. */
const defaultSeconds = 120;

/** What the tasks of a group would cost. */
interface Group extends PackUnits {
	shots: number;
	tasks: number;
	usd: string;
	unknown_price?: number | undefined;
}

/** For one model, in its own units. */
interface ModelGroup extends Omit<Group, 'image_units'> {
	model: string;
	/** Which kind of units, if not video units. */
	pack?: 'image' | undefined;
}

interface TagGroup extends Group {
	tag: string;
	value: string;
}

/** The sums of a plan, as in documents. */
export interface PlanSummary extends PackUnits {
	batch: string;
	shots: number;
	tasks: number;
	/** How many tasks are in each state. */
	states: Partial<Record<JobState, number>>;
	/** Tasks that a run would submit. */
	to_submit: number;
	usd: string;
	unknown_price: number;
	expected_seconds: number;
	/** What a run would cost, by model. */
	models?: ModelGroup[] | undefined;
	/** The same, by tag. */
	tags?: TagGroup[] | undefined;
	warnings?: readonly string[] | undefined;
}

/**
 * Counts a plan: what a run would submit, what that costs, and how long it takes.
 * @param slots how many tasks run at once
 * @param unitPrice price of a unit of each kind
 */
export function summarize(
	{batch, jobs, warnings}: Plan,
	slots: number,
	unitPrice: PerPack<number>,
): PlanSummary {
	const paid = jobs.filter(costs);
	const models = modelGroups(paid, unitPrice);
	const tags = groups(paid, ({shot}) => Object.entries(shot.tags), unitPrice).map(
		({names: [tag = '', value = ''], group}) => ({tag, value, ...group}),
	);
	return {
		batch,
		shots: new Set(jobs.map(({shot}) => shot.id)).size,
		tasks: jobs.length,
		states: countStates(jobs),
		to_submit: paid.length,
		...amounts(paid, unitPrice),
		unknown_price: paid.filter(({checked}) => checked.units === undefined).length,
		expected_seconds: expectedSeconds(jobs, slots),
		...(models.length > 0 && {models}),
		...(tags.length > 0 && {tags}),
		...(warnings.length > 0 && {warnings}),
	};
}

function countStates(jobs: readonly PlannedJob[]): Partial<Record<JobState, number>> {
	const counts: Partial<Record<JobState, number>> = {};
	for (const {state} of jobs) counts[state] = (counts[state] ?? 0) + 1;
	return counts;
}

function amounts(jobs: readonly PlannedJob[], unitPrice: PerPack<number>): PackUnits & {usd: string} {
	const costs = jobs.flatMap(amountsOf);
	return {...addUnits(costs), usd: moneyFor(costs, unitPrice)};
}

/** A video model and an image model may have the same name; each is its own group, in its own units. */
const modelGroups = (jobs: readonly PlannedJob[], unitPrice: PerPack<number>): ModelGroup[] =>
	groups(jobs, ({checked, shot}) => [[checked.model ?? shot.type, checked.pack]], unitPrice).map(
		({names: [model = '', pack], group: {shots, tasks, units, image_units: imageUnits, ...rest}}) => ({
			model,
			...packField(pack === 'image' ? 'image' : 'video'),
			shots,
			tasks,
			units: imageUnits ?? units,
			...rest,
		}),
	);

/** @param namesOf the groups that a job belongs to; a name may have several parts */
function groups(
	jobs: readonly PlannedJob[],
	namesOf: (job: PlannedJob) => readonly (readonly string[])[],
	unitPrice: PerPack<number>,
): {names: readonly string[]; group: Group}[] {
	const byName = new Map<string, {names: readonly string[]; jobs: PlannedJob[]}>();
	for (const job of jobs) {
		for (const names of namesOf(job)) {
			const key = JSON.stringify(names);
			const group = byName.get(key) ?? {names, jobs: []};
			group.jobs.push(job);
			byName.set(key, group);
		}
	}
	return [...byName.values()].map(({names, jobs: members}) => {
		const unknown = members.filter(({checked}) => checked.units === undefined).length;
		const group = definedOnly({
			shots: new Set(members.map(({shot}) => shot.id)).size,
			tasks: members.length,
			...amounts(members, unitPrice),
			unknown_price: unknown === 0 ? undefined : unknown,
		});
		return {names, group};
	});
}

/** Seconds until everything is done: limited by the slots, or by the longest chain. */
function expectedSeconds(jobs: readonly PlannedJob[], slots: number): number {
	const open = jobs.filter((job) => costs(job) || job.state === 'running' || job.state === 'unknown');
	const secondsOf = ({checked}: PlannedJob) => checked.seconds ?? defaultSeconds;
	const total = open.reduce((sum, job) => sum + secondsOf(job), 0);
	const ends = new Map<string, number>();
	// With the longest chains first, each job comes after what it needs.
	for (const job of [...open].sort((a, b) => b.height - a.height)) {
		const start = Math.max(0, ...job.needs.map((need) => ends.get(need) ?? 0));
		ends.set(job.key, start + secondsOf(job));
	}
	const longestChain = Math.max(0, ...ends.values());
	const longestTask = Math.max(0, ...open.map(secondsOf));
	return Math.round(Math.max(longestChain, longestTask, total / Math.min(slots, Math.max(1, open.length))));
}

/** A job as listed by `plan --csv` and `status`. */
export function planRow({
	key,
	shot,
	take,
	state,
	checked,
	externalId,
	known,
	file,
	fileTemplate,
	needs,
	values,
}: PlannedJob) {
	const {prompt} = values as Record<string, readonly (string | object)[] | undefined>;
	return {
		shot: shot.id,
		take,
		key,
		row: shot.row,
		type: shot.type,
		model: checked.model,
		state,
		units: checked.units,
		...packField(checked.pack),
		file: file ?? fileTemplate,
		needs: needs.join(' '),
		tags: Object.entries(shot.tags)
			.map(([name, value]) => `${name}=${value}`)
			.join(' '),
		prompt: textOf(
			prompt?.map((part) => (typeof part === 'string' ? part : '…')).join('') as Value | undefined,
		),
		external_task_id: externalId,
		task_id: known?.taskId,
		code: known?.code,
		message: known?.message,
	};
}

/** The columns of planRow. */
export const planColumns = [
	'shot',
	'take',
	'row',
	'type',
	'model',
	'state',
	'units',
	'pack',
	'file',
	'needs',
	'tags',
	'prompt',
	'external_task_id',
	'task_id',
] as const;
