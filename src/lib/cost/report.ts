import {definedOnly} from '../errors/kling-error.js';
import type {JournalEntry} from '../journal/journal.js';
import {periodOf} from './period.js';
import {clean, toUnits} from './units.js';

/** What costs can be added up by. */
export const groupings = ['tag', 'model', 'type', 'day', 'batch'] as const;

export type Grouping = (typeof groupings)[number];

/** What tasks cost together. Units are those of Kling's price list. */
export interface CostRow {
	/** Left out in the sum of all. */
	group?: string;
	tasks: number;
	succeeded: number;
	failed: number;
	/** Failed, and Kling took nothing for them. */
	failed_not_billed: number;
	/** Running, or nobody has looked since. */
	open: number;
	/** By the price list; tasks whose price is unknown count nothing. */
	estimated_units: number;
	unknown_price: number;
	/** What Kling took, as far as it was seen. */
	billed_units: number;
	/** Billed less estimated, of the tasks of which both are known. */
	difference: number;
	/** What was billed, and the estimate of what is open, in money. */
	money?: number;
}

const none = '-';

/** The names of the groups that a task belongs to; with several tags it is in several. */
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

/**
 * Adds up what tasks cost.
 * @param entries of which those that were refused cost nothing and are left out
 * @param unitPrice money for each unit
 * @returns the groups, those of most units first, days in their order; and the sum of all, in which each task counts once
 */
export function reportCosts(
	entries: Iterable<JournalEntry>,
	{by, since, unitPrice}: {by?: Grouping | undefined; since?: number | undefined; unitPrice: number},
): {rows: CostRow[]; total: CostRow} {
	const groups = new Map<string, CostRow>();
	const total = emptyRow();
	for (const entry of entries) {
		if (entry.outcome === 'refused' || (since !== undefined && entry.submittedAt < since)) continue;
		count(total, entry);
		for (const name of by === undefined ? [] : groupsOf[by](entry)) {
			const row = groups.get(name) ?? {group: name, ...emptyRow()};
			groups.set(name, row);
			count(row, entry);
		}
	}
	const rows = [...groups.values()];
	const units = ({billed_units: billed, estimated_units: estimated}: CostRow) => billed + estimated;
	const byName = (a: CostRow, b: CostRow) => (String(a.group) < String(b.group) ? -1 : 1);
	const inOrder = (a: CostRow, b: CostRow) => (by === 'day' ? 0 : units(b) - units(a)) || byName(a, b);
	return {
		rows: rows.sort(inOrder).map((row) => inMoney(row, unitPrice)),
		total: inMoney(total, unitPrice),
	};
}

interface Sums extends CostRow {
	/** Estimates of what is open. */
	openUnits?: number;
}

const emptyRow = (): Sums => ({
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

function count(row: Sums, {status, units, estimatedUnits}: JournalEntry): void {
	const estimate = toUnits(estimatedUnits);
	const billed = toUnits(units) ?? (status === 'failed' ? 0 : undefined);
	row.tasks++;
	if (status === 'succeed') row.succeeded++;
	else if (status === 'failed') row.failed++;
	else row.open++;
	if (status === 'failed' && billed === 0) row.failed_not_billed++;
	if (estimate === undefined) row.unknown_price++;
	else row.estimated_units = clean(row.estimated_units + estimate);
	if (billed === undefined) row.openUnits = clean((row.openUnits ?? 0) + (estimate ?? 0));
	else row.billed_units = clean(row.billed_units + billed);
	if (billed !== undefined && estimate !== undefined)
		row.difference = clean(row.difference + billed - estimate);
}

function inMoney({openUnits = 0, ...row}: Sums, unitPrice: number): CostRow {
	const money = Math.round((row.billed_units + openUnits) * unitPrice * 100) / 100;
	return definedOnly({...row, money});
}

/** Keys of the rows, in the order of CSV. */
export const costColumns = [
	...['group', 'tasks', 'succeeded', 'failed', 'failed_not_billed', 'open'],
	...['estimated_units', 'unknown_price', 'billed_units', 'difference', 'money'],
] as const;
