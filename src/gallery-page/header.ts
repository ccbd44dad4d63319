import {pickOf} from '../lib/batch/picks.js';
import type {Actions, Page} from './actions.js';
import {button, el} from './dom.js';
import {savePicks} from './picks-storage.js';
import type {Filter, Sort} from './store.js';

const filters: readonly [Filter, string][] = [
	['all', 'All'],
	['open', 'Undecided'],
	['picked', 'Picked'],
	['rejected', 'Rejected'],
	['failed', 'Failed'],
	['running', 'Running'],
];
const sorts: readonly [Sort, string][] = [
	['shot', 'Shot'],
	['newest', 'Newest first'],
	['oldest', 'Oldest first'],
	['rating', 'Best rated'],
	['longest', 'Longest'],
	['dearest', 'Most units'],
];

function select<T extends string>(
	label: string,
	options: readonly [T, string][],
	onChange: (value: T) => void,
): HTMLElement {
	const list = el(
		'select',
		{'aria-label': label},
		...options.map(([value, text]) => el('option', {value}, text)),
	);
	list.addEventListener('change', () => onChange(list.value as T));
	return list;
}

/** Title, search, filters, tools and counts. */
export class Header {
	readonly element: HTMLElement;
	readonly #page: Page;
	readonly #counts = el('p', {class: 'counts', role: 'status'});
	readonly #filterBar = el('div', {class: 'filters', role: 'group', 'aria-label': 'Show'});

	constructor(title: string, page: Page, actions: Actions) {
		this.#page = page;
		const {store} = page;
		const search = el('input', {
			type: 'search',
			id: 'search',
			placeholder: 'Search',
			'aria-label': 'Search shots, prompts, models, tags and notes',
		});
		search.addEventListener('input', () => store.look({query: search.value}));
		for (const [filter, text] of filters) {
			const chip = el('button', {type: 'button', 'data-filter': filter}, text);
			chip.addEventListener('click', () => store.look({filter}));
			this.#filterBar.append(chip);
		}
		this.element = el(
			'header',
			{},
			el('h1', {}, title),
			search,
			this.#filterBar,
			select('Sort', sorts, (sort) => store.look({sort})),
			el(
				'div',
				{class: 'tools'},
				button('Compare takes', 'compare', actions.compare, 'V'),
				button('Undo', 'undo', actions.undo, 'U'),
				button('Save picks.json', 'save', () => savePicks(store.picks)),
				button('Keys', 'help', actions.help, '?'),
			),
			this.#counts,
		);
	}

	showCounts(): void {
		const {store, grid} = this.#page;
		const tally = new Map<string, number>();
		for (const item of store.items) {
			const decision = store.decisionOf(item);
			tally.set(decision, (tally.get(decision) ?? 0) + 1);
		}
		for (const chip of this.#filterBar.querySelectorAll('button')) {
			const filter = chip.dataset.filter as Filter;
			const count = filter === 'all' ? store.items.length : (tally.get(filter) ?? 0);
			chip.setAttribute('aria-pressed', String(store.view.filter === filter));
			chip.hidden = count === 0 && filter !== 'all' && store.view.filter !== filter;
			chip.textContent = `${filters.find(([name]) => name === filter)?.[1]} ${count}`;
		}
		const shots = new Set(store.items.map(({shot}) => shot));
		const picked = [...shots].filter((shot) => pickOf(store.picks, shot) !== undefined);
		const chosen = store.view.chosen.length;
		this.#counts.textContent = [
			`${picked.length} of ${shots.size} shots decided`,
			grid.shown.length < store.items.length && `${grid.shown.length} takes shown`,
			chosen > 0 && `${chosen} to compare`,
		]
			.filter(Boolean)
			.join(' · ');
	}
}
