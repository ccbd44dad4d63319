import type {SandboxTask} from '../task.js';
import {packs} from './packs.js';

/** What a task cost, and the balance before and after. */
export interface Entry {
	task: SandboxTask;
	/** The number of the pack that paid, or `balance` for the cash balance. */
	from: number | 'balance';
	before: number;
	amount: number;
	after: number;
}

/** Which pack paid for what. A task is paid for when it has ended. */
export interface Ledger {
	/** A task that will have to be paid for. */
	add(task: SandboxTask): void;
	/** All payments up to `now` (Unix ms), oldest first. */
	settle(now: number): readonly Entry[];
	/** Units left in each pack. */
	remaining(now: number): readonly number[];
}

/** US dollars per unit: docs/kling-api.md §14. */
const priceOf = {video: 0.14, image: 0.0035, 'try-on': 0.0035} as const;

/** The cash balance at the start. It may go below zero: nothing is refused for lack of money. */
const openingBalance = 100;

const exact = (value: number) => Math.round(value * 10_000) / 10_000;

/** Try-on tasks are paid for from image packs. */
const kindOf = ({pack}: SandboxTask) => (pack === 'try-on' ? 'image' : pack);

/**
 * @param seeds what was paid for before the start: the packs' figures already include it
 */
export function makeLedger(seeds: readonly SandboxTask[], start: number): Ledger {
	const left = packs.map(({remaining}) => remaining);
	let balance = openingBalance;
	const entries: Entry[] = [];
	let open: SandboxTask[] = [...seeds];
	for (const task of seeds) {
		const first = packs.findIndex(({kind, status}) => kind === kindOf(task) && status === 'online');
		if (task.endsAt <= start) left[first] = exact((left[first] ?? 0) + (task.units ?? 0));
	}

	function pay(task: SandboxTask): Entry {
		const units = task.units ?? 0;
		const from = packs.findIndex(
			({kind, status}, index) => kind === kindOf(task) && status === 'online' && (left[index] ?? 0) >= units,
		);
		if (from === -1) {
			const amount = exact(units * priceOf[task.pack]);
			const before = balance;
			balance = exact(balance - amount);
			task.cash = amount;
			return {task, from: 'balance', before, amount, after: balance};
		}
		const before = left[from] ?? 0;
		const after = exact(before - units);
		left[from] = after;
		return {task, from, before, amount: units, after};
	}

	function settle(now: number) {
		const ended = open.filter(({endsAt}) => endsAt <= now);
		if (ended.length === 0) return entries;
		open = open.filter(({endsAt}) => endsAt > now);
		ended.sort((one, other) => one.endsAt - other.endsAt);
		for (const task of ended) if ((task.units ?? 0) > 0) entries.push(pay(task));
		return entries;
	}

	return {
		add: (task) => void open.push(task),
		settle,
		remaining(now) {
			settle(now);
			return left;
		},
	};
}
