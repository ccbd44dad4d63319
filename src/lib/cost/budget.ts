import {hasEnded} from '../journal/has-ended.js';
import type {Journal, JournalEntry} from '../journal/journal.js';
import type {Clock} from '../system/clock.js';
import {tableOf} from '../system/table-of.js';
import {type Pack, packField} from '../task-types/packs.js';
import type {TypeRegistry} from '../task-types/registry.js';
import {budgetExceeded, unknownPrice} from './budget-errors.js';
import {
	type Budget,
	type BudgetReport,
	type BudgetState,
	changeBudgets,
	type OpenReservation,
	readBudgets,
	type Tag,
} from './budget-file.js';
import {type Period, periodOf} from './period.js';
import {clean, sum, toUnits} from './units.js';

/** What budgets need to know about an account. */
export interface BudgetContext {
	journal: Pick<Journal, 'folder' | 'find' | 'newestFirst'>;
	clock: Clock;
	/** Knows which pack pays for a type. */
	types: Pick<TypeRegistry, 'packOf'>;
	readonly signal?: AbortSignal;
	/** Formats a command that works on the same account, for hints. */
	command: (...words: string[]) => string;
}

export interface ReserveRequest {
	externalId: string;
	/** Estimated cost: a decimal; undefined when the price is unknown. */
	units: string | undefined;
	/** The pack that pays. Default: the video pack. */
	pack?: Pack | undefined;
	tags?: Record<string, string> | undefined;
	/** Whether it may be submitted although its price is unknown. */
	allowUnknownPrice?: boolean | undefined;
	/** External id of a reservation from which the units are taken, as far as it goes. */
	outOf?: string | undefined;
}

/** Name of the reservation for a task and all paid steps before it. */
export const stepsOf = (externalId: string): string => `steps of ${externalId}`;

/** Units that are set aside for one submission. */
export interface Reservation {
	/**
	 * Called when the task has ended.
	 * @param units that it cost: a decimal. Default: what was reserved.
	 */
	settle(units?: string): Promise<void>;
	/** Called when no task was made. */
	release(): Promise<void>;
}

/**
 * Milliseconds after which a reservation without a journal entry is known to be left over from a process that
 * died before it sent anything.
 */
const abandonedMs = 10 * 60_000;

/** With this many reservations, those of finished tasks are settled each time. */
const manyOpen = 200;

const nothing: Reservation = {settle: async () => {}, release: async () => {}};

/**
 * Reserves units before a task is submitted, so that all submissions of this machine together never exceed a
 * budget. Does nothing when there are no budgets. If the process ends, its reservation remains until the
 * journal knows the outcome of the task.
 * @throws KlingError `budget_exceeded`, with what is left; `file_busy`, `write_error`, `disk_full`,
 * `invalid_config`
 */
export async function reserveBudget(context: BudgetContext, request: ReserveRequest): Promise<Reservation> {
	const {folder} = context.journal;
	const {externalId, outOf, tags = {}, pack = 'video'} = request;
	const concerned = readBudgets(folder)?.budgets.filter((budget) => isFor(budget, {tags, pack})) ?? [];
	if (concerned.length === 0) return nothing;
	const units = toUnits(request.units);
	if (units === undefined && !request.allowUnknownPrice) throw unknownPrice(context, externalId, concerned);
	const wanted: OpenReservation = {units: units ?? 0, at: context.clock.now(), ...packField(pack), tags};
	const place = placeOf(context);
	await changeBudgets(place, async (state) => {
		delete state.open[externalId];
		const source = outOf === undefined ? undefined : state.open[outOf];
		if (source) source.units = clean(Math.max(0, source.units - wanted.units));
		const isLong = Object.keys(state.open).length >= manyOpen;
		if (isLong || tooSmall(state, wanted) !== undefined) await settleEnded(context, state);
		const budget = tooSmall(state, wanted);
		if (budget) throw budgetExceeded(context, reportOn(state, budget, wanted.at), wanted.units, externalId);
		state.open[externalId] = wanted;
	});
	return {
		settle: (spent) => changeBudgets(place, (state) => settle(state, externalId, toUnits(spent))),
		release: () => changeBudgets(place, (state) => settle(state, externalId, 0)),
	};
}

/** What is left of each budget. Tasks that have ended in the meantime count with their actual cost. */
export async function showBudgets(context: BudgetContext): Promise<BudgetReport[]> {
	if (readBudgets(context.journal.folder) === undefined) return [];
	return changeBudgets(placeOf(context), async (state) => {
		await settleEnded(context, state);
		const now = context.clock.now();
		return state.budgets.map((budget) => reportOn(state, budget, now));
	});
}

/**
 * Sets a budget, replacing the one with the same period and tag. Earlier submissions in the current period
 * count toward it.
 * @returns what is left of it
 */
export async function setBudget(context: BudgetContext, budget: Budget): Promise<BudgetReport> {
	return changeBudgets(placeOf(context), async (state) => {
		const key = keyOf(budget);
		const isNew = !state.budgets.some((other) => keyOf(other) === key);
		state.budgets = [...state.budgets.filter((other) => keyOf(other) !== key), budget];
		if (isNew) countPast(context, state, budget);
		await settleEnded(context, state);
		return reportOn(state, budget, context.clock.now());
	});
}

/**
 * Removes budgets.
 * @param which default: all of them
 * @returns those that were removed
 */
export async function clearBudgets(
	context: BudgetContext,
	which: {per?: Period | undefined; pack?: Pack | undefined; tag?: Tag | undefined} = {},
): Promise<Budget[]> {
	if (readBudgets(context.journal.folder) === undefined) return [];
	const isMeant = ({per, tag, pack = 'video'}: Budget) =>
		(which.per ?? per) === per &&
		(which.pack ?? pack) === pack &&
		(which.tag === undefined || sameTag(which.tag, tag));
	return changeBudgets(placeOf(context), (state) => {
		const removed = state.budgets.filter(isMeant);
		state.budgets = state.budgets.filter((budget) => !isMeant(budget));
		for (const budget of removed) delete state.spent[keyOf(budget)];
		if (state.budgets.length === 0) state.open = tableOf({});
		return removed;
	});
}

/** A budget as documents show it. */
export const budgetRow = ({units, pack = 'video', per, tag, ...amounts}: BudgetReport) => ({
	units,
	...packField(pack),
	per,
	...(tag && {tag: `${tag.key}=${tag.value}`}),
	...amounts,
});

const placeOf = ({journal: {folder}, clock, signal}: BudgetContext) => ({folder, clock, signal});

const sameTag = (one: Tag, other: Tag | undefined) => one.key === other?.key && one.value === other.value;

const keyOf = ({pack = 'video', per, tag}: Budget) =>
	[
		...(pack === 'video' ? [] : [`${pack} units`]),
		per,
		...(tag === undefined ? [] : [`${tag.key}=${tag.value}`]),
	].join(' ');

/** Whether a budget applies to a submission, by its pack and its tags. */
export const isFor = (
	{tag, pack: budgeted = 'video'}: Budget,
	{tags, pack = 'video'}: Pick<OpenReservation, 'tags' | 'pack'>,
) =>
	budgeted === pack && (tag === undefined || (Object.hasOwn(tags, tag.key) && tags[tag.key] === tag.value));

/** What was spent and reserved of a budget by submissions in a period. */
function used(state: BudgetState, budget: Budget, period: string): {spent: number; reserved: number} {
	const open = Object.values(state.open).filter(
		(one) => isFor(budget, one) && periodOf(budget.per, one.at) === period,
	);
	return {
		spent: state.spent[keyOf(budget)]?.[period] ?? 0,
		reserved: sum(open.map(({units}) => units)),
	};
}

function reportOn(state: BudgetState, budget: Budget, now: number): BudgetReport {
	const period = periodOf(budget.per, now);
	const {spent, reserved} = used(state, budget, period);
	return {...budget, period, spent, reserved, remaining: clean(Math.max(0, budget.units - spent - reserved))};
}

/** The first budget that a reservation would exceed. */
function tooSmall(state: BudgetState, wanted: OpenReservation): Budget | undefined {
	return state.budgets
		.filter((budget) => isFor(budget, wanted))
		.find((budget) => {
			const {spent, reserved} = used(state, budget, periodOf(budget.per, wanted.at));
			return clean(spent + reserved + wanted.units) > budget.units;
		});
}

/** Replaces a reservation with the actual cost. */
function settle(state: BudgetState, externalId: string, units: number | undefined): void {
	const reservation = state.open[externalId];
	if (reservation === undefined) return;
	delete state.open[externalId];
	const spent = units ?? reservation.units;
	if (spent === 0) return;
	for (const budget of state.budgets) {
		if (!isFor(budget, reservation)) continue;
		const period = periodOf(budget.per, reservation.at);
		const key = keyOf(budget);
		// Only the current period is ever read again.
		const known = state.spent[key] ?? {};
		state.spent[key] = {...known, [period]: clean((known[period] ?? 0) + spent)};
	}
}

/** Looks up the outcome of every reservation in the journal. */
async function settleEnded({journal, clock}: BudgetContext, state: BudgetState): Promise<void> {
	for (const [externalId, {at}] of Object.entries(state.open)) {
		const entry = journal.find(externalId);
		const isAbandoned = entry === undefined && Math.abs(clock.now() - at) > abandonedMs;
		if (isAbandoned || entry?.outcome === 'refused') settle(state, externalId, 0);
		else if (entry && hasEnded(entry.status)) settle(state, externalId, unitsTaken(entry));
	}
}

/**
 * Units that a task cost according to Kling. A failed task costs nothing, unless Kling reported otherwise.
 */
const unitsTaken = ({status, units}: JournalEntry) => toUnits(units) ?? (status === 'failed' ? 0 : undefined);

/** Counts what was submitted in the current period before the budget was set. */
function countPast({journal, clock, types}: BudgetContext, state: BudgetState, budget: Budget): void {
	const period = periodOf(budget.per, clock.now());
	let spent = 0;
	for (const entry of journal.newestFirst()) {
		const {externalId, type, outcome, submittedAt, tags = {}, estimatedUnits} = entry;
		const pack = types.packOf(type);
		if (outcome === 'refused' || !isFor(budget, {tags, pack})) continue;
		if (periodOf(budget.per, submittedAt) !== period || externalId in state.open) continue;
		const estimate = toUnits(estimatedUnits) ?? 0;
		if (hasEnded(entry.status)) spent += unitsTaken(entry) ?? estimate;
		else state.open[externalId] = {units: estimate, at: submittedAt, ...packField(pack), tags};
	}
	state.spent[keyOf(budget)] = {[period]: clean(spent)};
}
