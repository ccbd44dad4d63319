import {definedOnly} from '../errors/kling-error.js';
import type {JournalEntry} from '../journal/journal.js';
import {type Pack, type PerPack, packField, packs} from '../task-types/packs.js';
import {periodOf} from './period.js';
import {clean, moneyOf, sum, toUnits} from './units.js';

/** What costs can be grouped by. */
export const groupings = ['tag', 'model', 'type', 'day', 'batch'] as const;

type Grouping = (typeof groupings)[number];

/** Units of one kind. */
interface UnitSums {
	/** According to the price list. Tasks of unknown price count as zero. */
	estimated_units: number;
	unknown_price: number;
	/** What Kling has charged, as far as it is known. */
	billed_units: number;
	/** Billed minus estimated, for tasks with both known. */
	difference: number;
}

interface TaskCounts {
	tasks: number;
	succeeded: number;
	failed: number;
	/** Failed without being charged. */
	failed_not_billed: number;
	/** Still running, or not checked since. */
	open: number;
}

/** The combined cost of a group's tasks that are paid in units of one kind. */
export interface CostRow extends TaskCounts, UnitSums {
	/** Left out in the total. */
	group?: string | undefined;
	/** The pack that pays, when it is not the video pack. */
	pack?: 'image' | undefined;
	/** The value of what was billed, plus the estimate for open tasks. */
	money: number;
}

/** The combined cost of all tasks. Units are video units. */
export interface CostTotal extends TaskCounts, UnitSums {
	/** Image units, if any tasks cost them. */
	image?: UnitSums | undefined;
	/** The value of all units. */
	money: number;
}

const none = '-';

/** The groups that a task belongs to. With several tags it is in several. */
const groupsOf: Readonly<Record<Grouping, (entry: JournalEntry) => string[]>> = {
	tag({tags = {}}) {
		const names = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
		return names.length === 0 ? [none] : names;
	},
	model: ({model}) => [model ?? none],
	type: ({type}) => [type],
	day: ({submittedAt}) => [periodOf('day', submittedAt)],
	batch: ({batch}) => [batch ?? none],
};

export interface ReportOptions {
	/** Default: one row for each kind of units. */
	by?: Grouping | undefined;
	/** Only submissions since this time, in Unix milliseconds. */
	since?: number | undefined;
	/** Value of one unit of each kind. */
	unitPrice: PerPack<number>;
	packOf: (type: JournalEntry['type']) => Pack;
}

/**
 * Adds up what tasks cost, separately for each kind of units.
 * @param entries journal entries. Refused ones cost nothing and are left out.
 * @returns the groups, most expensive first but days in order; and the total, in which each task counts once
 */
export function reportCosts(
	entries: Iterable<JournalEntry>,
	{by, since, unitPrice, packOf}: ReportOptions,
): {rows: CostRow[]; total: CostTotal} {
	const groups = new Map<string, Group>();
	const totals: PerPack<Sums> = {video: emptySums(), image: emptySums()};
	for (const entry of entries) {
		if (entry.outcome === 'refused' || (since !== undefined && entry.submittedAt < since)) continue;
		const pack = packOf(entry.type);
		count(totals[pack], entry);
		for (const name of by === undefined ? [undefined] : groupsOf[by](entry)) {
			const key = `${pack} ${name ?? ''}`;
			const group = groups.get(key) ?? {name, pack, sums: emptySums()};
			groups.set(key, group);
			count(group.sums, entry);
		}
	}
	const sorted = [...groups.values()].sort(
		(a, b) =>
			(by === 'day' ? 0 : weight(b, unitPrice) - weight(a, unitPrice)) ||
			String(a.name).localeCompare(String(b.name)) ||
			packs.indexOf(a.pack) - packs.indexOf(b.pack),
	);
	return {rows: sorted.map((group) => rowOf(group, unitPrice)), total: totalOf(totals, unitPrice)};
}

interface Sums extends TaskCounts, UnitSums {
	/** Estimated units of open tasks. */
	openUnits: number;
}

interface Group {
	name: string | undefined;
	pack: Pack;
	sums: Sums;
}

const emptySums = (): Sums => ({
	tasks: 0,
	succeeded: 0,
	failed: 0,
	failed_not_billed: 0,
	open: 0,
	estimated_units: 0,
	unknown_price: 0,
	billed_units: 0,
	difference: 0,
	openUnits: 0,
});

function count(sums: Sums, {status, units, estimatedUnits}: JournalEntry): void {
	const estimate = toUnits(estimatedUnits);
	const billed = toUnits(units) ?? (status === 'failed' ? 0 : undefined);
	sums.tasks++;
	if (status === 'succeed') sums.succeeded++;
	else if (status === 'failed') sums.failed++;
	else sums.open++;
	if (status === 'failed' && billed === 0) sums.failed_not_billed++;
	if (estimate === undefined) sums.unknown_price++;
	else sums.estimated_units = clean(sums.estimated_units + estimate);
	if (billed === undefined) sums.openUnits = clean(sums.openUnits + (estimate ?? 0));
	else sums.billed_units = clean(sums.billed_units + billed);
	if (billed !== undefined && estimate !== undefined)
		sums.difference = clean(sums.difference + billed - estimate);
}

/** The sort key of groups: the value of everything that a group has cost or is expected to cost. */
const weight = ({pack, sums}: Group, unitPrice: PerPack<number>) =>
	(sums.billed_units + sums.estimated_units) * (unitPrice[pack] || 1);

const moneyIn = ({billed_units: billed, openUnits}: Sums, price: number) => (billed + openUnits) * price;

function rowOf({name, pack, sums: {openUnits, ...sums}}: Group, unitPrice: PerPack<number>): CostRow {
	const money = moneyOf(moneyIn({...sums, openUnits}, unitPrice[pack]));
	return definedOnly({group: name, ...packField(pack), ...sums, money});
}

function totalOf({video, image}: PerPack<Sums>, unitPrice: PerPack<number>): CostTotal {
	const both = (name: keyof TaskCounts) => video[name] + image[name];
	return definedOnly({
		tasks: both('tasks'),
		succeeded: both('succeeded'),
		failed: both('failed'),
		failed_not_billed: both('failed_not_billed'),
		open: both('open'),
		...unitSums(video),
		image: image.tasks === 0 ? undefined : unitSums(image),
		money: moneyOf(sum([moneyIn(video, unitPrice.video), moneyIn(image, unitPrice.image)])),
	});
}

const unitSums = ({estimated_units, unknown_price, billed_units, difference}: UnitSums): UnitSums => ({
	estimated_units,
	unknown_price,
	billed_units,
	difference,
});

/** Column names, in CSV order. */
export const costColumns = [
	...['group', 'pack', 'tasks', 'succeeded', 'failed', 'failed_not_billed', 'open'],
	...['estimated_units', 'unknown_price', 'billed_units', 'difference', 'money'],
] as const;
