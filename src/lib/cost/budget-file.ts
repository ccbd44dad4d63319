import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {fileError, readError, systemCode} from '../fs/file-errors.js';
import {waitForLock} from '../fs/lock-file.js';
import {makeFolder} from '../fs/make-folder.js';
import {readRegularFile} from '../fs/regular-file.js';
import {writeAtomically} from '../fs/write-atomic.js';
import type {Clock} from '../system/clock.js';
import {tableOf} from '../system/table-of.js';
import {type Pack, packs} from '../task-types/packs.js';
import {type Period, periods} from './period.js';

/** What may be spent in a period, in total or on submissions with a tag. */
export interface Budget {
	units: number;
	/** The pack: units of one kind cannot pay for the other. Default: the video pack. */
	pack?: Pack | undefined;
	per: Period;
	/** Default: it applies to everything. */
	tag?: Tag;
}

export interface Tag {
	key: string;
	value: string;
}

/** What is left of a budget in the current period. */
export interface BudgetReport extends Budget {
	/** Name of the period, such as 2026-11. */
	period: string;
	spent: number;
	reserved: number;
	remaining: number;
}

/** Units that a submission has reserved and that are not yet known to be spent. */
export interface OpenReservation {
	units: number;
	/** Unix milliseconds. */
	at: number;
	/** The pack that pays. Default: the video pack. */
	pack?: Pack | undefined;
	tags: Record<string, string>;
}

/** The budgets of an account, and what has been spent of them. */
export interface BudgetState {
	budgets: Budget[];
	/** By external id. */
	open: Record<string, OpenReservation>;
	/** What finished tasks cost, by budget and by the period in which they were submitted. */
	spent: Record<string, Record<string, number>>;
}

/** Milliseconds to wait for other processes, each of which holds the lock only briefly. */
const patienceMs = 60_000;

const budgetFile = (folder: string) => path.join(folder, 'budget.json');

/**
 * The budgets of an account; undefined when none was ever set.
 * @param folder of the account
 * @throws KlingError `invalid_config` or `read_error`: a budget that cannot be read must not be ignored
 */
export function readBudgets(folder: string): BudgetState | undefined {
	const file = budgetFile(folder);
	let text: string;
	try {
		text = readRegularFile(file);
	} catch (error) {
		// The folder cannot exist, so neither can a budget. The journal has reported the reason.
		if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
		throw readError(error, file);
	}
	try {
		return checkState(JSON.parse(text));
	} catch {
		throw new KlingError('invalid_config', `${file} holds no budgets that can be read`, {
			path: file,
			hint: 'To start over, remove the file and set the budgets again: kling cost budget set',
		});
	}
}

/**
 * Changes the budgets of an account while other processes wait.
 * @param change receives the state and returns the caller's result. Its changes to the state are saved unless
 * it throws.
 * @throws KlingError `file_busy`, `write_error`, `disk_full`
 */
export async function changeBudgets<T>(
	{folder, clock, signal}: {folder: string; clock: Clock; signal?: AbortSignal | undefined},
	change: (state: BudgetState) => Promise<T> | T,
): Promise<T> {
	const file = budgetFile(folder);
	try {
		makeFolder(folder, 0o700);
	} catch (error) {
		throw fileError(error, file);
	}
	const deadline = clock.now() + patienceMs;
	const lock = await waitForLock(`${file}.lock`, file, {clock, deadline, signal, doing: 'changing'});
	try {
		const state = readBudgets(folder) ?? {budgets: [], open: tableOf({}), spent: tableOf({})};
		const result = await change(state);
		try {
			writeAtomically(file, `${JSON.stringify(state, null, '\t')}\n`, {sync: true, fresh: `${file}.new`});
		} catch (error) {
			throw fileError(error, file);
		}
		return result;
	} finally {
		lock.release();
	}
}

function checkState(value: unknown): BudgetState {
	const {budgets, open = {}, spent = {}} = value as Partial<BudgetState>;
	if (!Array.isArray(budgets) || !budgets.every(isBudget)) throw new Error('no budgets');
	if (!Object.values(open).every(isOpen)) throw new Error('no reservations');
	const sums = Object.values(spent).flatMap((one) => Object.values(one));
	if (!sums.every(isAmount)) throw new Error('no sums');
	return {budgets, open: tableOf(open), spent: tableOf(spent)};
}

const isAmount = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;

const isPack = (value: unknown) => value === undefined || packs.some((pack) => pack === value);

const isBudget = ({units, per, tag, pack}: Budget) =>
	isAmount(units) &&
	isPack(pack) &&
	periods.includes(per) &&
	(tag === undefined || typeof tag.key === 'string');

const isOpen = ({units, at, tags, pack}: OpenReservation) =>
	isAmount(units) && isPack(pack) && typeof at === 'number' && typeof tags === 'object' && tags !== null;
