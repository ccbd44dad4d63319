import type {Deduction} from '../api/ledger.js';
import {definedOnly} from '../errors/kling-error.js';
import {sum} from './units.js';

interface Shown {
	/** Default: each deduction is a row. */
	by?: 'day' | 'model' | 'key' | 'product' | undefined;
	/** Whether the amounts are money. */
	cash: boolean;
}

export interface LedgerLine extends Record<string, unknown> {
	group?: string;
	deductions?: number;
	units?: number;
	amount?: number;
}

const dayOf = (at: number | undefined) =>
	at === undefined ? 'unknown' : new Date(at).toISOString().slice(0, 10);

const groupOf = (one: Deduction, by: NonNullable<Shown['by']>): string =>
	(by === 'day' ? dayOf(one.at) : one[by]) ?? 'unknown';

/** Column names, in CSV order. */
export const ledgerColumns = ({by, cash}: Shown): string[] => [
	...(by ? ['group', 'deductions'] : ['deducted_at', 'task_id', 'product', 'model', 'key']),
	...(cash ? ['amount', 'currency'] : ['pack', 'units']),
];

/**
 * Deductions as documents show them, newest first. Only units of one kind, and money of one currency, are
 * added up.
 */
export function ledgerRows(deductions: readonly Deduction[], {by, cash}: Shown): LedgerLine[] {
	const amount = (value: number) => (cash ? {amount: value} : {units: value});
	if (by === undefined) {
		return [...deductions]
			.sort((a, b) => (b.at ?? 0) - (a.at ?? 0))
			.map(({at, taskId, product, model, key, pack, units, currency}) =>
				definedOnly({
					...{deducted_at: at, task_id: taskId, product, model, key},
					...(cash ? {currency} : {pack}),
					...amount(units ?? 0),
				}),
			);
	}
	const groups = new Map<string, {first: Deduction; group: string; amounts: number[]}>();
	for (const one of deductions) {
		const group = groupOf(one, by);
		const id = JSON.stringify([group, one.pack, one.currency]);
		const known = groups.get(id) ?? {first: one, group, amounts: []};
		known.amounts.push(one.units ?? 0);
		groups.set(id, known);
	}
	return [...groups.values()]
		.sort((a, b) => (by === 'day' ? b.group.localeCompare(a.group) : a.group.localeCompare(b.group)))
		.map(({first: {pack, currency}, group, amounts}) =>
			definedOnly({
				group,
				deductions: amounts.length,
				...(cash ? {currency} : {pack}),
				...amount(sum(amounts)),
			}),
		);
}
