import type {PageData} from '../lib/gallery/model.js';
import {createActions} from './actions.js';
import {Compare} from './compare.js';
import {el} from './dom.js';
import {Grid} from './grid.js';
import {Header} from './header.js';
import {listenToKeys} from './keys.js';
import {earlierPicks, follow, picksStorage} from './picks-storage.js';
import {Store} from './store.js';

const data = JSON.parse(document.querySelector('#data')?.textContent ?? '{}') as PageData;
const store = new Store({...data, picks: earlierPicks(data) ?? data.picks}, picksStorage(data));
const grid = new Grid(store);
const compare = new Compare(store);
const page = {store, grid, compare};
const actions = createActions(page);
const header = new Header(data.title, page, actions);
listenToKeys(page, actions);
grid.element.addEventListener('click', ({target}) => {
	if (!(target instanceof Element)) return;
	if (target.closest('.media')) actions.open();
});

const nothing = el('p', {class: 'empty'}, 'No takes match.');
document.body.append(header.element, el('main', {}, grid.element, nothing), compare.element);

function draw(): void {
	grid.draw();
	nothing.hidden = grid.shown.length > 0;
	header.showCounts();
}

/** Draws only what has changed. */
function redrawOnChange(): void {
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
		header.showCounts();
	});
}

redrawOnChange();
draw();
grid.focusCurrent();
follow(store, data);
