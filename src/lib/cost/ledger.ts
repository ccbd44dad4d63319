import type {KlingClient} from '../api/client.js';
import {type Deduction, readLedger} from '../api/ledger.js';
import {definedOnly} from '../errors/kling-error.js';
import type {Journal} from '../journal/journal.js';
import {sum, toUnits} from './units.js';

/** Deductions on a page at most, and pages at most. Source: docs/kling-api.md §8. */
const pageSize = 500;
const mostPages = 200;

/** What the account was charged for, beside what the journal of this machine knows. */
export interface LedgerReport {
	/** Tasks in the ledger, and the units that they took. */
	tasks: number;
	units: number;
	/** Tasks that this machine did not submit. */
	unknown: LedgerRow[];
	/** Tasks for which Kling told this machine another number of units. */
	different: LedgerRow[];
}

interface LedgerRow {
	task_id?: string | undefined;
	model?: string | undefined;
	product?: string | undefined;
	units: number;
	/** By the journal. */
	journal_units?: number | undefined;
	/** Unix milliseconds. */
	deducted_at?: number | undefined;
}

/**
 * Compares the account's ledger of its packs with the journal; free. Kling counts late, so the newest tasks may be missing.
 * @param from Unix milliseconds
 * @throws KlingError what the API says
 */
export async function compareWithLedger(
	client: Pick<KlingClient, 'request'>,
	journal: Pick<Journal, 'find'>,
	{from, to}: {from: number; to: number},
): Promise<LedgerReport> {
	const byTask = groupByTask(await fetchLedger(client, {from, to}));
	const report: LedgerReport = {tasks: byTask.size, units: 0, unknown: [], different: []};
	for (const [taskId, deductions] of byTask) {
		const units = sum(deductions.map((one) => one.units ?? 0));
		const [{model, product, at} = deductions[0] ?? {}] = deductions;
		const entry = await journal.find(taskId);
		const known = entry && toUnits(entry.units);
		const row = definedOnly<LedgerRow>({
			...{task_id: taskId || undefined, model, product, units},
			...{journal_units: known, deducted_at: at},
		});
		report.units = sum([report.units, units]);
		if (entry === undefined) report.unknown.push(row);
		else if (known !== undefined && known !== units) report.different.push(row);
	}
	return report;
}

/**
 * Every deduction of a time, of the packs or of the balance; free.
 * @param from Unix milliseconds
 */
export async function fetchLedger(
	client: Pick<KlingClient, 'request'>,
	{from, to}: {from: number; to: number},
	of: 'package' | 'balance' = 'package',
): Promise<Deduction[]> {
	const found: Deduction[] = [];
	let wanted: object = {start_time: from, end_time: to, limit: pageSize};
	for (let page = 0; page < mostPages; page++) {
		// It reads only, though it is a POST.
		const {deductions, cursor} = await client.request({
			method: 'POST',
			path: `/account/billing/${of}`,
			body: JSON.stringify(wanted),
			read: readLedger,
		});
		found.push(...deductions);
		if (cursor === undefined) break;
		wanted = {cursor, limit: pageSize};
	}
	return found;
}

/** A task may be charged in several parts, of several packs. */
function groupByTask(deductions: readonly Deduction[]): Map<string, Deduction[]> {
	const byTask = new Map<string, Deduction[]>();
	for (const one of deductions) {
		const known = byTask.get(one.taskId ?? '');
		if (known === undefined) byTask.set(one.taskId ?? '', [one]);
		else known.push(one);
	}
	return byTask;
}
