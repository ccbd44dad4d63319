import {opinionOf, pickOf} from '../lib/batch/picks.js';
import type {Item, PageData} from '../lib/gallery/model.js';
import {Compare} from './compare.js';
import {helpDialog, noteDialog} from './dialogs.js';
import {announce, button, el} from './dom.js';
import {Grid} from './grid.js';
import {earlierPicks, follow, keeperOf, savePicks} from './keeper.js';
import {type Filter, type Sort, Store} from './store.js';

const data = JSON.parse(document.querySelector('#data')?.textContent ?? '{}') as PageData;
const store = new Store({...data, picks: earlierPicks(data) ?? data.picks}, keeperOf(data));
const grid = new Grid(store);
const compare = new Compare(store);

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

/** The take that a key is about. */
const currentItem = (): Item | undefined => (compare.isOpen ? compare.active : grid.current?.item);

/** Does something to the current take and says what was done. */
function decide(what: (item: Item) => string | undefined): void {
	const item = currentItem();
	if (!item) return;
	if (item.status !== 'succeed') announce(`${item.shot} take ${item.take} is ${item.status}`);
	else announce(what(item) ?? '');
}

const nameOf = ({shot, take}: Item) => `${shot} take ${take}`;

const actions = {
	pick: () =>
		decide((item) => {
			const isPicked = pickOf(store.picks, item.shot) === item.take;
			store.change({shot: item.shot, pick: isPicked ? null : item.take, take: item.take, rejected: null});
			return isPicked ? `${nameOf(item)} is no longer picked` : `${nameOf(item)} picked`;
		}),
	reject: () =>
		decide((item) => {
			const isRejected = opinionOf(store.picks, item.shot, item.take).rejected === true;
			const wasPicked = pickOf(store.picks, item.shot) === item.take;
			store.change({
				shot: item.shot,
				take: item.take,
				rejected: isRejected ? null : true,
				...(wasPicked && {pick: null}),
			});
			return isRejected ? `${nameOf(item)} is no longer rejected` : `${nameOf(item)} rejected`;
		}),
	rate: (rating: number) =>
		decide((item) => {
			store.change({shot: item.shot, take: item.take, rating: rating || null});
			return rating ? `${nameOf(item)}: ${rating} of 5` : `${nameOf(item)}: no rating`;
		}),
	note: () => {
		const item = currentItem();
		if (!item) return;
		noteDialog(nameOf(item), opinionOf(store.picks, item.shot, item.take).note ?? '', (note) => {
			store.change({shot: item.shot, take: item.take, note: note.trim() || null});
			announce(`Note of ${nameOf(item)} saved`);
		});
	},
	choose: () => {
		const item = grid.current?.item;
		if (!item) return;
		const {chosen} = store.view;
		if (!chosen.includes(item.id) && chosen.length >= 4) announce('Four takes are chosen already');
		else
			store.look({
				chosen: chosen.includes(item.id) ? chosen.filter((id) => id !== item.id) : [...chosen, item.id],
			});
	},
	/** Opens the chosen takes; without a choice, all takes of the current shot. */
	compare: () => {
		const item = grid.current?.item;
		const chosen = store.items.filter(({id}) => store.view.chosen.includes(id));
		const takes = store.items.filter(({shot, src}) => shot === item?.shot && src !== undefined);
		if (chosen.length > 0 || takes.length > 0) compare.open(chosen.length > 0 ? chosen : takes);
	},
	open: () => {
		const item = grid.current?.item;
		if (item) compare.open([item]);
	},
	undo: () => announce(store.undo() ? 'Undone' : 'Nothing to undo'),
	search: () => document.querySelector<HTMLInputElement>('#search')?.focus(),
	help: () => helpDialog(),
};

/** What keys do everywhere, and in one of the two views. */
const everywhere: Readonly<Record<string, () => void>> = {
	p: actions.pick,
	x: actions.reject,
	n: actions.note,
	u: actions.undo,
	'?': actions.help,
	...Object.fromEntries([0, 1, 2, 3, 4, 5].map((rating) => [String(rating), () => actions.rate(rating)])),
};
const inGrid: Readonly<Record<string, () => void>> = {
	ArrowLeft: () => grid.move('left'),
	ArrowRight: () => grid.move('right'),
	ArrowUp: () => grid.move('up'),
	ArrowDown: () => grid.move('down'),
	Home: () => grid.move('first'),
	End: () => grid.move('last'),
	Enter: actions.open,
	' ': actions.open,
	c: actions.choose,
	v: actions.compare,
	'/': actions.search,
};
const inCompare: Readonly<Record<string, () => void>> = {
	' ': () => compare.toggle(),
	ArrowLeft: () => compare.turn(-1),
	ArrowRight: () => compare.turn(1),
	',': () => compare.step(-1),
	'.': () => compare.step(1),
	m: () => compare.mute(),
};

addEventListener('keydown', (event) => {
	const {target, key} = event;
	if (target instanceof HTMLInputElement && target.type === 'search') {
		if (key === 'Escape' || key === 'Enter') grid.focusCurrent();
		return;
	}
	if (document.querySelector('dialog[open]:not(.compare)')) return;
	if (
		target instanceof HTMLInputElement ||
		target instanceof HTMLSelectElement ||
		target instanceof HTMLTextAreaElement
	)
		return;
	if ((event.ctrlKey || event.metaKey) && key === 'z') {
		event.preventDefault();
		return actions.undo();
	}
	if (event.ctrlKey || event.metaKey || event.altKey) return;
	// A button does with space and enter what it says.
	if (target instanceof HTMLButtonElement && (key === ' ' || key === 'Enter')) return;
	const act = (compare.isOpen ? inCompare : inGrid)[key] ?? everywhere[key];
	if (!act) return;
	event.preventDefault();
	act();
});

grid.element.addEventListener('click', ({target}) => {
	if (!(target instanceof Element)) return;
	if (target.closest('.media')) actions.open();
});

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

const counts = el('p', {class: 'counts', role: 'status'});
const filterBar = el('div', {class: 'filters', role: 'group', 'aria-label': 'Show'});

function header(): HTMLElement {
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
		filterBar.append(chip);
	}
	return el(
		'header',
		{},
		el('h1', {}, data.title),
		search,
		filterBar,
		select('Sort', sorts, (sort) => store.look({sort})),
		el(
			'div',
			{class: 'tools'},
			button('Compare takes', 'compare', actions.compare, 'V'),
			button('Undo', 'undo', actions.undo, 'U'),
			button('Save picks.json', 'save', () => savePicks(store.picks)),
			button('Keys', 'help', actions.help, '?'),
		),
		counts,
	);
}

function showCounts(): void {
	const tally = new Map<string, number>();
	for (const item of store.items) {
		const decision = store.decisionOf(item);
		tally.set(decision, (tally.get(decision) ?? 0) + 1);
	}
	for (const chip of filterBar.querySelectorAll('button')) {
		const filter = chip.dataset.filter as Filter;
		const count = filter === 'all' ? store.items.length : (tally.get(filter) ?? 0);
		chip.setAttribute('aria-pressed', String(store.view.filter === filter));
		chip.hidden = count === 0 && filter !== 'all' && store.view.filter !== filter;
		chip.textContent = `${filters.find(([name]) => name === filter)?.[1]} ${count}`;
	}
	const shots = new Set(store.items.map(({shot}) => shot));
	const picked = [...shots].filter((shot) => pickOf(store.picks, shot) !== undefined);
	const chosen = store.view.chosen.length;
	counts.textContent = [
		`${picked.length} of ${shots.size} shots decided`,
		grid.shown.length < store.items.length && `${grid.shown.length} takes shown`,
		chosen > 0 && `${chosen} to compare`,
	]
		.filter(Boolean)
		.join(' · ');
}

const nothing = el('p', {class: 'empty'}, 'No takes match.');
document.body.append(header(), el('main', {}, grid.element, nothing), compare.element);

function draw(): void {
	grid.draw();
	nothing.hidden = grid.shown.length > 0;
	showCounts();
}

let lastView = store.view;
store.listen((what) => {
	if (what === 'items') grid.update();
	else if (what === 'view') {
		const {chosen, ...rest} = store.view;
		const {chosen: _, ...before} = lastView;
		lastView = store.view;
		if (JSON.stringify(rest) === JSON.stringify(before)) grid.showDecisions();
		else draw();
	} else {
		grid.showDecisions();
		compare.showDecisions();
	}
	showCounts();
});
draw();
grid.focusCurrent();
follow(store, data);
