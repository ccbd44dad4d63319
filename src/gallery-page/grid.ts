import type {Item} from '../lib/gallery/model.js';
import {TakeCard} from './card.js';
import {el} from './dom.js';
import type {Store} from './store.js';

/** Cards that are created in one go; the rest follow later, so that the page stays responsive. */
const atOnce = 120;

/** The takes as a list of cards, grouped by shot if they are sorted that way. */
export class Grid {
	readonly element = el('div', {class: 'grid', role: 'list', 'aria-label': 'Takes'});
	readonly #cards = new Map<string, TakeCard>();
	readonly #store: Store;
	#shown: Item[] = [];
	#current: string | undefined;
	#drawing = 0;

	constructor(store: Store) {
		this.#store = store;
		this.element.addEventListener('focusin', ({target}) => {
			const card = target instanceof Element ? target.closest('take-card') : undefined;
			if (card instanceof TakeCard) this.#moveTo(card);
		});
	}

	get shown(): readonly Item[] {
		return this.#shown;
	}

	get current(): TakeCard | undefined {
		return this.#current === undefined ? undefined : this.#cards.get(this.#current);
	}

	#cardOf(item: Item): TakeCard {
		const known = this.#cards.get(item.id);
		if (known) return known;
		const made = TakeCard.of(item, this.#store);
		this.#cards.set(item.id, made);
		return made;
	}

	/** Shows the given items, the first of them at once. */
	draw(): void {
		this.#shown = this.#store.visible();
		const round = ++this.#drawing;
		const cards = this.#shown.slice(0, atOnce).map((item) => this.#cardOf(item));
		this.element.replaceChildren(...cards);
		if (!this.current || !this.#shown.some(({id}) => id === this.#current))
			this.#current = this.#shown[0]?.id;
		for (const card of this.#cards.values()) card.tabIndex = card.item.id === this.#current ? 0 : -1;
		this.#drawMore(atOnce, round);
	}

	#drawMore(from: number, round: number): void {
		if (from >= this.#shown.length) return;
		requestAnimationFrame(() => {
			if (round !== this.#drawing) return;
			this.element.append(...this.#shown.slice(from, from + atOnce).map((item) => this.#cardOf(item)));
			this.#drawMore(from + atOnce, round);
		});
	}

	/** Updates changed items without losing the scroll position. */
	update(): void {
		for (const item of this.#store.items) {
			const card = this.#cards.get(item.id);
			if (card && card.item !== item) card.update(item);
		}
		const hadFocus = document.activeElement === this.current;
		this.draw();
		if (hadFocus) this.current?.focus();
	}

	showDecisions(): void {
		for (const {id} of this.#shown) this.#cards.get(id)?.showDecision();
	}

	#moveTo(card: TakeCard): void {
		if (this.current) this.current.tabIndex = -1;
		this.#current = card.item.id;
		card.tabIndex = 0;
	}

	focusCurrent(): void {
		this.current?.focus();
	}

	/** Moves the focus: by cards, by rows, or to either end. */
	move(to: 'left' | 'right' | 'up' | 'down' | 'first' | 'last'): void {
		const at = this.#shown.findIndex(({id}) => id === this.#current);
		const columns = this.#columns();
		const steps = {
			left: -1,
			right: 1,
			up: -columns,
			down: columns,
			first: -at,
			last: this.#shown.length - 1 - at,
		};
		const target = this.#shown[Math.min(this.#shown.length - 1, Math.max(0, at + steps[to]))];
		if (!target) return;
		const card = this.#cardOf(target);
		// A card that is not created yet is created now.
		if (!card.isConnected)
			this.element.append(
				...this.#shown.slice(this.element.childElementCount).map((item) => this.#cardOf(item)),
			);
		card.focus();
		card.scrollIntoView({block: 'nearest'});
	}

	#columns(): number {
		return getComputedStyle(this.element).gridTemplateColumns.split(' ').length;
	}
}
