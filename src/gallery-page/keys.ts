import type {Actions, Page} from './actions.js';

/** What keys do. */
type Keys = Readonly<Record<string, () => void>>;

const everywhere = (actions: Actions): Keys => ({
	p: actions.pick,
	x: actions.reject,
	n: actions.note,
	u: actions.undo,
	'?': actions.help,
	...Object.fromEntries([0, 1, 2, 3, 4, 5].map((rating) => [String(rating), () => actions.rate(rating)])),
});

const inGrid = ({grid}: Page, actions: Actions): Keys => ({
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
});

const inCompare = ({compare}: Page): Keys => ({
	' ': () => compare.toggle(),
	ArrowLeft: () => compare.turn(-1),
	ArrowRight: () => compare.turn(1),
	',': () => compare.step(-1),
	'.': () => compare.step(1),
	m: () => compare.mute(),
});

/** Whether keys write into an element, or choose in it. */
const takesKeys = (target: EventTarget | null): boolean =>
	[HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement].some((kind) => target instanceof kind);

/** Makes the page listen to keys: some do the same everywhere, others depend on the view. */
export function listenToKeys(page: Page, actions: Actions): void {
	const commonKeys = everywhere(actions);
	const gridKeys = inGrid(page, actions);
	const compareKeys = inCompare(page);
	/** What a key does on the page, if anything. */
	const actOf = ({key, ctrlKey, metaKey, altKey, target}: KeyboardEvent): (() => void) | undefined => {
		if (ctrlKey || metaKey) return key === 'z' ? actions.undo : undefined;
		// A button does with space and enter what it says.
		const pressesButton = target instanceof HTMLButtonElement && (key === ' ' || key === 'Enter');
		if (altKey || pressesButton) return undefined;
		return (page.compare.isOpen ? compareKeys : gridKeys)[key] ?? commonKeys[key];
	};
	addEventListener('keydown', (event) => {
		const {target, key} = event;
		if (target instanceof HTMLInputElement && target.type === 'search') {
			if (key === 'Escape' || key === 'Enter') page.grid.focusCurrent();
			return;
		}
		if (document.querySelector('dialog[open]:not(.compare)') || takesKeys(target)) return;
		const act = actOf(event);
		if (!act) return;
		event.preventDefault();
		act();
	});
}
