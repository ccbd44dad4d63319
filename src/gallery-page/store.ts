import {applyChange, type Change, inverseOf, type Picks, pickOf, reviewOf} from '../lib/batch/picks.js';
import type {Item, PageData} from '../lib/gallery/model.js';

export type Decision = 'open' | 'picked' | 'rejected' | 'failed' | 'running';
export type Filter = 'all' | Decision;
export type Sort = 'shot' | 'newest' | 'oldest' | 'longest' | 'dearest' | 'rating';

/** What the page shows, and in which order. */
export interface View {
	query: string;
	filter: Filter;
	sort: Sort;
	/** Ids of takes to compare. */
	chosen: readonly string[];
}

type Listener = (what: 'picks' | 'items' | 'view') => void;

/** How picks leave the page. */
export interface PicksStorage {
	save(change: Change, picks: Picks): void;
}

/** The takes and the decisions about them; notifies its listeners. */
export class Store {
	items: Item[];
	picks: Picks;
	view: View = {query: '', filter: 'all', sort: 'shot', chosen: []};
	#undo: Change[][] = [];
	#listeners: Listener[] = [];
	readonly #keeper: PicksStorage;

	constructor(data: PageData, keeper: PicksStorage) {
		this.items = [...data.items];
		this.picks = data.picks;
		this.#keeper = keeper;
	}

	listen(listener: Listener): void {
		this.#listeners.push(listener);
	}

	#tell(what: 'picks' | 'items' | 'view'): void {
		for (const listener of this.#listeners) listener(what);
	}

	look(view: Partial<View>): void {
		this.view = {...this.view, ...view};
		this.#tell('view');
	}

	/** Makes several changes as one that can be undone. */
	change(...changes: Change[]): void {
		const back: Change[] = [];
		for (const change of changes) {
			back.unshift(inverseOf(this.picks, change));
			this.#apply(change);
		}
		this.#undo.push(back);
		this.#tell('picks');
	}

	#apply(change: Change): void {
		this.picks = applyChange(this.picks, change);
		this.#keeper.save(change, this.picks);
	}

	/** @returns whether there was something to undo */
	undo(): boolean {
		const back = this.#undo.pop();
		for (const change of back ?? []) this.#apply(change);
		if (back) this.#tell('picks');
		return back !== undefined;
	}

	/** Receives what another window or the batch has changed. */
	receive({items, picks}: {items?: readonly Item[]; picks?: Picks}): void {
		if (picks) this.picks = picks;
		if (items) {
			const known = new Map(this.items.map((item) => [item.id, item]));
			for (const item of items) known.set(item.id, item);
			this.items = [...known.values()];
			this.#tell('items');
		}
		if (picks) this.#tell('picks');
	}

	decisionOf(item: Item): Decision {
		if (item.status === 'failed') return 'failed';
		if (item.status !== 'succeed') return 'running';
		const pick = pickOf(this.picks, item.shot);
		if (pick === item.take) return 'picked';
		if (pick === 'none' || reviewOf(this.picks, item.shot, item.take).rejected) return 'rejected';
		return 'open';
	}

	/** The items to show, in order. */
	visible(): Item[] {
		const {query, filter, sort} = this.view;
		const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
		const shown = this.items.filter((item) => {
			if (filter !== 'all' && this.decisionOf(item) !== filter) return false;
			const text = textOf(item, reviewOf(this.picks, item.shot, item.take).note);
			return words.every((word) => text.includes(word));
		});
		return shown.sort(this.#orders[sort]);
	}

	readonly #orders: Readonly<Record<Sort, (a: Item, b: Item) => number>> = {
		shot: byShot,
		newest: (a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0) || byShot(a, b),
		oldest: (a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0) || byShot(a, b),
		longest: (a, b) => (b.duration ?? 0) - (a.duration ?? 0) || byShot(a, b),
		dearest: (a, b) => Number(b.units ?? 0) - Number(a.units ?? 0) || byShot(a, b),
		rating: (a, b) => this.#rating(b) - this.#rating(a) || byShot(a, b),
	};

	#rating({shot, take}: Item): number {
		return reviewOf(this.picks, shot, take).rating ?? 0;
	}
}

const names = new Intl.Collator(undefined, {numeric: true});
const byShot = (a: Item, b: Item): number => names.compare(a.shot, b.shot) || a.take - b.take;

function textOf(item: Item, note = ''): string {
	const tags = Object.entries(item.tags ?? {}).map(([name, value]) => `${name}=${value}`);
	const parts = [
		item.shot,
		item.prompt,
		item.model,
		item.type,
		item.status,
		item.reason,
		item.taskId,
		note,
		...tags,
	];
	return parts.join('\n').toLocaleLowerCase();
}
