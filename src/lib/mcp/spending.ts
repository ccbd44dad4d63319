import {clean, sum} from '../cost/units.js';
import {KlingError} from '../errors/kling-error.js';
import type {JournalEntry} from '../journal/journal.js';
import {type Pack, packs} from '../task-types/packs.js';

/** What whoever started the server lets its tools spend. */
export interface SpendingRules {
	/** Units of each kind for the session; left out, none, unless a budget allows it. */
	limits: Readonly<Partial<Record<Pack, number>>>;
	/** Units of one submission above which a person confirms it; left out, nobody is asked. */
	askAbove: number | undefined;
	allowUnknownPrice: boolean;
	/** Whether the account has a budget that submissions of this kind count for. */
	hasBudget: (pack: Pack) => Promise<boolean>;
	/** What the journal knows of a submission. */
	find: (externalId: string) => Promise<JournalEntry | undefined>;
}

/** A submission that may cost. */
export interface Purchase {
	externalId: string;
	/** Undefined where nobody knows the price. */
	units: number | undefined;
	pack: Pack;
}

/**
 * What one session has spent and set aside. Units are reserved before anything is submitted, in one step with the comparison, so that
 * calls at the same time cannot pass the limit together.
 */
export class Spending {
	readonly #reserved = new Map<string, Purchase>();
	readonly #turns = new Map<string, Promise<unknown>>();

	constructor(readonly rules: SpendingRules) {}

	/** Units of a kind that are spent or set aside. */
	used(pack: Pack): number {
		return sum([...this.#reserved.values()].filter((one) => one.pack === pack).map(({units}) => units ?? 0));
	}

	/** Units of a kind that are left; undefined where only budgets limit them. */
	left(pack: Pack): number | undefined {
		const limit = this.rules.limits[pack];
		return limit === undefined ? undefined : clean(Math.max(0, limit - this.used(pack)));
	}

	/**
	 * Runs the work on one external id after the work on it that began before. Otherwise a second request could use the reservation of
	 * the first, which is another price, or is given back when the first is refused.
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
	 * Those that are not made and not reserved yet: only they cost.
	 * @throws KlingError `conflicting_input` for one that is reserved at another price
	 */
	async unpaid(purchases: readonly Purchase[]): Promise<Purchase[]> {
		const known = await Promise.all(purchases.map(({externalId}) => this.rules.find(externalId)));
		return purchases.filter(
			(purchase, index) => known[index]?.outcome !== 'made' && !this.#isReserved(purchase),
		);
	}

	/**
	 * Sets units aside for submissions that cost.
	 * @returns those that were not set aside before: whoever submits them settles them
	 * @throws KlingError `spending_not_allowed`, `conflicting_input` for one that is reserved at another price
	 */
	async reserve(purchases: readonly Purchase[]): Promise<Purchase[]> {
		if (purchases.length === 0) return [];
		await this.#settle();
		const budgets = {video: await this.rules.hasBudget('video'), image: await this.rules.hasBudget('image')};
		// From here on nothing is waited for: no other call comes between the comparison and the reservation.
		const added = purchases.filter((purchase) => !this.#isReserved(purchase));
		for (const pack of packs) {
			const wanted = added.filter((one) => one.pack === pack);
			if (wanted.length > 0) this.#check(wanted, pack, budgets[pack]);
		}
		for (const purchase of added) this.#reserved.set(purchase.externalId, purchase);
		return added;
	}

	/**
	 * Compares what was reserved for these with what the journal knows after they were tried.
	 * @param mayExist whether a task may exist of which the journal knows nothing, because it cannot be written
	 */
	async settle(purchases: readonly Purchase[], mayExist: boolean): Promise<void> {
		for (const {externalId} of purchases) await this.#settleOne(externalId, !mayExist);
	}

	/** Whether units are set aside for this very purchase: those of a cheaper one do not pay for it. */
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
				'The price of this is not known, and the server may not submit what has no known price',
				{hint: 'Choose another model, or ask the person to restart the server with --allow-unknown-price.'},
			);
		}
		const units = sum(wanted.map((one) => one.units ?? 0));
		// What is free needs nobody's leave.
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

	/** @param isOver whether what the journal does not know was never sent */
	async #settleOne(externalId: string, isOver: boolean): Promise<void> {
		const entry = await this.rules.find(externalId);
		const purchase = this.#reserved.get(externalId);
		if (purchase === undefined) return;
		if (entry === undefined ? isOver : entry.outcome === 'refused') this.#reserved.delete(externalId);
		else if (entry) this.#reserved.set(externalId, {...purchase, units: unitsTaken(entry) ?? purchase.units});
	}
}

/** Units that a task took: what Kling said; one that failed took none, unless Kling said so. */
function unitsTaken({units, status}: JournalEntry): number | undefined {
	if (units !== undefined && Number.isFinite(Number(units))) return Number(units);
	return status === 'failed' ? 0 : undefined;
}
