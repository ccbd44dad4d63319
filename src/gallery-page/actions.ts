import {pickOf, reviewOf} from '../lib/batch/picks.js';
import type {Item} from '../lib/gallery/model.js';
import type {Compare} from './compare.js';
import {helpDialog, noteDialog} from './dialogs.js';
import {announce} from './dom.js';
import type {Grid} from './grid.js';
import type {Store} from './store.js';

/** The parts of the page. */
export interface Page {
	store: Store;
	grid: Grid;
	compare: Compare;
}

const nameOf = ({shot, take}: Item) => `${shot} take ${take}`;

export type Actions = ReturnType<typeof createActions>;

/** What keys and buttons do. */
export const createActions = (page: Page) => ({...decisions(page), ...views(page)});

/** Actions that change the current take. */
function decisions({store, grid, compare}: Page) {
	/** The take that a key applies to. */
	const currentItem = (): Item | undefined => (compare.isOpen ? compare.active : grid.current?.item);

	/** Changes the current take and announces what was done. */
	function decide(what: (item: Item) => string | undefined): void {
		const item = currentItem();
		if (!item) return;
		if (item.status !== 'succeed') announce(`${item.shot} take ${item.take} is ${item.status}`);
		else announce(what(item) ?? '');
	}

	return {
		pick: () =>
			decide((item) => {
				const isPicked = pickOf(store.picks, item.shot) === item.take;
				store.change({shot: item.shot, pick: isPicked ? null : item.take, take: item.take, rejected: null});
				return isPicked ? `${nameOf(item)} is no longer picked` : `${nameOf(item)} picked`;
			}),
		reject: () =>
			decide((item) => {
				const isRejected = reviewOf(store.picks, item.shot, item.take).rejected === true;
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
			noteDialog(nameOf(item), reviewOf(store.picks, item.shot, item.take).note ?? '', (note) => {
				store.change({shot: item.shot, take: item.take, note: note.trim() || null});
				announce(`Note of ${nameOf(item)} saved`);
			});
		},
		undo: () => announce(store.undo() ? 'Undone' : 'Nothing to undo'),
	};
}

/** Actions that change the view. */
const views = ({store, grid, compare}: Page) => ({
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
	/** Opens the chosen takes, or if none is chosen, all takes of the current shot. */
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
	search: () => document.querySelector<HTMLInputElement>('#search')?.focus(),
	help: () => helpDialog(),
});
