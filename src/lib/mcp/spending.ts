import {clean, sum} from '../cost/units.js';
import {KlingError} from '../errors/kling-error.js';
import type {JournalEntry} from '../journal/journal.js';
import {type Pack, packs} from '../task-types/packs.js';

/** What the person who started the server lets its tools spend. */
export interface SpendingRules {
	/** Units of each kind for the session; if left out, none, unless a budget allows it. */
	limits: Readonly<Partial<Record<Pack, number>>>;
	/** Above this many units in one submission, a person must confirm; if left out, nobody is asked. */
	askAbove: number | undefined;
	allowUnknownPrice: boolean;
	/** Whether the account has a budget that covers submissions of this kind. */
	hasBudget: (pack: Pack) => Promise<boolean>;
	/** What the journal knows about a submission. */
	find: (externalId: string) => Promise<JournalEntry | undefined>;
}

/** A submission that may cost units. */
export interface Purchase {
	externalId: string;
	/** Undefined if the price is unknown. */
	units: number | undefined;
	pack: Pack;
}

/**
 * What one session has spent and reserved. Units are reserved before anything is submitted, in one step with the comparison,
 * so that simultaneous calls cannot exceed the limit together.
 */
export class Spending {
	readonly #reserved = new Map<string, Purchase>();
	readonly #turns = new Map<string, Promise<unknown>>();

	constructor(readonly rules: SpendingRules) {}

	/** Units of a kind that are spent or reserved. */
	used(pack: Pack): number {
		return sum([...this.#reserved.values()].filter((one) => one.pack === pack).map(({units}) => units ?? 0));
	}

	/** Units of a kind that are left; undefined if only budgets limit them. */
	left(pack: Pack): number | undefined {
		const limit = this.rules.limits[pack];
		return limit === undefined ? undefined : clean(Math.max(0, limit - this.used(pack)));
	}

	/**
	 * Runs work on an external id after earlier work on the same id. Otherwise a second request could use the reservation of
	 * the first, which may have another price, or which is released if the first is refused.
	 */
	async inTurn<T>(externalId: string, work: () => Promise<T>): Promise<T> {
		const before = this.#turns.get(externalId);
		const done = before === undefined ? work() : before.then(work);
		const turn = done.then(
			() => {},
			() => {},
		);
		this.#turns.set(externalId, turn);
		try {
			return await done;
		} finally {
			if (this.#turns.get(externalId) === turn) this.#turns.delete(externalId);
		}
	}

	/**
	 * Submissions that are neither made nor reserved yet: only these cost.
	 * @throws KlingError `conflicting_input` for one that is reserved at another price
	 */
	async unpaid(purchases: readonly Purchase[]): Promise<Purchase[]> {
		const known = await Promise.all(purchases.map(({externalId}) => this.rules.find(externalId)));
		return purchases.filter(
			(purchase, index) => known[index]?.outcome !== 'made' && !this.#isReserved(purchase),
		);
	}

	/**
	 * Reserves units for submissions that cost.
	 * @returns the new reservations: the caller must settle them
	 * @throws KlingError `spending_not_allowed`, `conflicting_input` for one that is reserved at another price
	 */
	async reserve(purchases: readonly Purchase[]): Promise<Purchase[]> {
		if (purchases.length === 0) return [];
		await this.#settle();
		const budgets = {video: await this.rules.hasBudget('video'), image: await this.rules.hasBudget('image')};
		// No await from here on: no other call may come between the comparison and the reservation.
		const added = purchases.filter((purchase) => !this.#isReserved(purchase));
		for (const pack of packs) {
			const wanted = added.filter((one) => one.pack === pack);
			if (wanted.length > 0) this.#check(wanted, pack, budgets[pack]);
		}
		for (const purchase of added) this.#reserved.set(purchase.externalId, purchase);
		return added;
	}

	/**
	 * Compares reservations with the journal after the submissions were tried.
	 * @param mayExist whether a task may exist that the journal does not know, because it cannot be written
	 */
	async settle(purchases: readonly Purchase[], mayExist: boolean): Promise<void> {
		for (const {externalId} of purchases) await this.#settleOne(externalId, !mayExist);
	}

	/** Whether units are reserved for exactly this purchase: those of a cheaper one do not cover it. */
	#isReserved({externalId, units, pack}: Purchase): boolean {
		const reserved = this.#reserved.get(externalId);
		if (reserved === undefined) return false;
		if (reserved.units === units && reserved.pack === pack) return true;
		throw new KlingError('conflicting_input', `The external id ${externalId} was used for another request`, {
			external_task_id: externalId,
			hint: 'Choose another external_id, or repeat the request as it was.',
		});
	}

	#check(wanted: readonly Purchase[], pack: Pack, hasBudget: boolean): void {
		const kind = pack === 'image' ? 'image units' : 'units';
		const flag = pack === 'image' ? '--allow-image-spend' : '--allow-spend';
		const unknown = wanted.filter(({units}) => units === undefined).length;
		if (unknown > 0 && !this.rules.allowUnknownPrice) {
			throw new KlingError(
				'spending_not_allowed',
				'The price of this is unknown, and the server may not submit tasks with an unknown price',
				{hint: 'Choose another model, or ask the person to restart the server with --allow-unknown-price.'},
			);
		}
		const units = sum(wanted.map((one) => one.units ?? 0));
		// A free request needs no permission.
		if (units === 0 && unknown === 0) return;
		const left = this.left(pack);
		if (left === undefined) {
			if (hasBudget) return;
			throw new KlingError(
				'spending_not_allowed',
				`This costs ${units} ${kind}, and the server was started without ${flag}`,
				{
					hint: `Ask the person to restart the server with ${flag} UNITS, or to set a budget: kling cost budget set UNITS --per day${pack === 'image' ? ' --pack image' : ''}`,
				},
			);
		}
		if (units <= left) return;
		throw new KlingError(
			'spending_not_allowed',
			`This costs ${units} ${kind}, and ${left} of ${this.rules.limits[pack]} are left for this session`,
			{hint: `Make something cheaper, or ask the person to restart the server with a higher ${flag}.`},
		);
	}

	async #settle(): Promise<void> {
		for (const externalId of [...this.#reserved.keys()]) await this.#settleOne(externalId, false);
	}

	/** @param isOver whether a submission that the journal does not know was never sent */
	async #settleOne(externalId: string, isOver: boolean): Promise<void> {
		const entry = await this.rules.find(externalId);
		const purchase = this.#reserved.get(externalId);
		if (purchase === undefined) return;
		if (entry === undefined ? isOver : entry.outcome === 'refused') this.#reserved.delete(externalId);
		else if (entry) this.#reserved.set(externalId, {...purchase, units: unitsTaken(entry) ?? purchase.units});
	}
}

/** The units that a task cost according to Kling; a failed task cost none, unless Kling says otherwise. */
function unitsTaken({units, status}: JournalEntry): number | undefined {
	if (units !== undefined && Number.isFinite(Number(units))) return Number(units);
	return status === 'failed' ? 0 : undefined;
}
