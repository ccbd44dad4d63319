import type {KlingClient} from '../api/client.js';
import {createCursorCheck} from '../api/cursors.js';
import {type Deduction, readLedger} from '../api/ledger.js';
import {definedOnly} from '../errors/kling-error.js';
import type {Journal, JournalEntry} from '../journal/journal.js';
import type {Pack} from '../task-types/packs.js';
import {sum, toUnits} from './units.js';

/** Most deductions per page, and most pages. Source: docs/kling-api.md §8. */
const pageSize = 500;

/** What the account was charged for, compared with this machine's journal. */
export interface LedgerReport {
	/** Number of tasks in the ledger, and the video units that they cost. */
	tasks: number;
	units: number;
	/** Image units, if there are any. */
	image_units?: number | undefined;
	/** Tasks that this machine did not submit. */
	unknown: LedgerRow[];
	/** Tasks for which Kling had reported a different number of units to this machine. */
	different: LedgerRow[];
}

interface LedgerRow {
	task_id?: string | undefined;
	model?: string | undefined;
	product?: string | undefined;
	units: number;
	/** The pack that paid, when it is not the video pack. */
	pack?: string | undefined;
	/** According to the journal. */
	journal_units?: number | undefined;
	/** Unix milliseconds. */
	deducted_at?: number | undefined;
}

/** Selects what to compare: the charges between two times in Unix milliseconds. */
interface Comparison {
	from: number;
	to: number;
	/** The pack that pays for a type, for charges that do not name theirs. */
	packOf: (type: JournalEntry['type']) => Pack;
}

/**
 * Compares the account's ledger of packs with the journal. Free. The ledger lags behind, so the newest tasks
 * may be missing.
 * @throws KlingError the API's error
 */
export async function compareWithLedger(
	client: Pick<KlingClient, 'request'>,
	journal: Pick<Journal, 'find'>,
	{from, to, packOf}: Comparison,
): Promise<LedgerReport> {
	const charges = groupByTask(await fetchLedger(client, {from, to}));
	const report: LedgerReport = {tasks: charges.length, units: 0, unknown: [], different: []};
	for (const deductions of charges) {
		const units = sum(deductions.map((one) => one.units ?? 0));
		const [{taskId, model, product, at, pack: payer} = {}] = deductions as readonly Partial<Deduction>[];
		const entry = taskId === undefined ? undefined : journal.find(taskId);
		const known = entry && toUnits(entry.units);
		const pack = payer ?? (entry ? packOf(entry.type) : 'video');
		const row = definedOnly<LedgerRow>({
			...{task_id: taskId, model, product, units, pack: pack === 'video' ? undefined : pack},
			...{journal_units: known, deducted_at: at},
		});
		if (pack === 'video') report.units = sum([report.units, units]);
		else report.image_units = sum([report.image_units ?? 0, units]);
		if (entry === undefined) report.unknown.push(row);
		else if (known !== undefined && known !== units) report.different.push(row);
	}
	return report;
}

/**
 * Fetches every deduction in a period, from the packs or the balance. Free.
 * @param from Unix milliseconds
 */
export async function fetchLedger(
	client: Pick<KlingClient, 'request'>,
	{from, to}: {from: number; to: number},
	of: 'package' | 'balance' = 'package',
): Promise<Deduction[]> {
	const found: Deduction[] = [];
	let wanted: object = {start_time: from, end_time: to, limit: pageSize};
	const check = createCursorCheck();
	for (;;) {
		// Although it is a POST, it only reads.
		const {deductions, cursor} = await client.request({
			method: 'POST',
			path: `/account/billing/${of}`,
			body: JSON.stringify(wanted),
			read: readLedger,
		});
		found.push(...deductions);
		if (cursor === undefined) return found;
		wanted = {cursor: check(cursor), limit: pageSize};
	}
}

/**
 * A task may be charged in several parts from several packs. Parts of the same kind are combined into one
 * charge.
 */
function groupByTask(deductions: readonly Deduction[]): Deduction[][] {
	const groups = new Map<string, Deduction[]>();
	for (const one of deductions) {
		const key = JSON.stringify([one.taskId, one.pack]);
		const known = groups.get(key);
		if (known === undefined) groups.set(key, [one]);
		else known.push(one);
	}
	return [...groups.values()];
}
