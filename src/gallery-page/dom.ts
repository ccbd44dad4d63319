type Child = Node | string | undefined | false;

/** Creates an element. Texts are inserted as text, never as markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
	tag: K,
	attributes: Readonly<Record<string, string | boolean | undefined>> = {},
	...children: Child[]
): HTMLElementTagNameMap[K] {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (value === true) element.setAttribute(name, '');
		else if (value !== undefined && value !== false) element.setAttribute(name, value);
	}
	for (const child of children) if (child !== undefined && child !== false) element.append(child);
	return element;
}

/** The icons of the buttons, as outlines in a box of 16 by 16. */
const icons = {
	compare: 'M2 3h5v10H2zM9 3h5v10H9z',
	undo: 'M6 3L2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7',
	save: 'M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11',
	help: 'M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.9-1.1 1.8M8 12.6v.4',
	play: 'M4 2.5l9 5.5-9 5.5z',
	back: 'M10.5 3L5 8l5.5 5',
	forward: 'M5.5 3L11 8l-5.5 5',
	sound: 'M2.5 6v4h2.5L8.5 13V3L5 6zM11 5.5a4 4 0 0 1 0 5',
	close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
} as const;

/** A button with a label, also for people who cannot see its icon. */
export function button(
	label: string,
	icon: keyof typeof icons,
	onClick: (event: MouseEvent) => void,
	key?: string,
): HTMLButtonElement {
	const made = el('button', {type: 'button', 'aria-label': label, title: key ? `${label} (${key})` : label});
	const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
	const outline = document.createElementNS('http://www.w3.org/2000/svg', 'path');
	svg.setAttribute('viewBox', '0 0 16 16');
	svg.setAttribute('aria-hidden', 'true');
	outline.setAttribute('d', icons[icon]);
	svg.append(outline);
	made.append(svg);
	made.addEventListener('click', onClick);
	return made;
}

/** Milliseconds for which an announcement is shown. */
const shownFor = 2500;

/** Announces something to a screen reader, and shows it for a moment above all dialogs. */
export function announce(text: string): void {
	const line = document.querySelector<HTMLElement>('#announcement');
	if (!line) return;
	line.hidePopover();
	line.textContent = text;
	if (text !== '') line.showPopover();
	const shown = String(performance.now());
	line.dataset.shown = shown;
	setTimeout(() => {
		// A later announcement has its own time.
		if (line.dataset.shown === shown) line.hidePopover();
	}, shownFor);
}

/** Seconds as people write them. */
export const seconds = (value: number | undefined): string =>
	value === undefined ? '' : `${Number(value.toFixed(2))} s`;

/** The position in a video that makes a good poster: the first frame is often black. */
export const posterTime = 0.1;
