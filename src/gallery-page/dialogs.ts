import {el} from './dom.js';

/** Shows a dialog that is removed when it closes. The browser returns the focus to where it was. */
function show(dialog: HTMLDialogElement): void {
	dialog.addEventListener('close', () => dialog.remove());
	const open = document.querySelector('dialog.compare[open]');
	(open ?? document.body).append(dialog);
	dialog.showModal();
}

/** Asks for a note. @param onNote gets the text if it is saved */
export function noteDialog(name: string, note: string, onNote: (note: string) => void): void {
	const text = el('textarea', {rows: '4', maxlength: '2000', 'aria-label': `Note about ${name}`});
	text.value = note;
	const save = el('button', {value: 'yes', class: 'main'}, 'Save');
	const form = el(
		'form',
		{method: 'dialog'},
		el('h2', {}, `Note about ${name}`),
		text,
		el(
			'div',
			{class: 'buttons'},
			el('button', {value: 'no', type: 'submit', formnovalidate: true}, 'Cancel'),
			save,
		),
	);
	const dialog = el('dialog', {}, form);
	// Not when the dialog says that it was closed: that is later, perhaps after the next keys.
	form.addEventListener('submit', ({submitter}) => {
		if (submitter === save) onNote(text.value);
	});
	text.addEventListener('keydown', (event) => {
		event.stopPropagation();
		if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit(save);
		if (event.key === 'Escape') dialog.close();
	});
	show(dialog);
	text.focus();
}

const keys: readonly [string, string][] = [
	['← → ↑ ↓', 'move between takes'],
	['Enter or Space', 'open the take'],
	['V', 'compare the takes of this shot, or the chosen ones'],
	['C', 'choose a take to compare, up to four'],
	['P', 'pick this take; again: undo'],
	['X', 'reject it; again: undo'],
	['1 – 5, 0', 'rate it; no rating'],
	['N', 'write a note'],
	['U or Ctrl+Z', 'undo'],
	['/', 'search'],
	['Space', 'compared takes: play or pause'],
	[', .', 'compared takes: one frame back or forward'],
	['← →', 'compared takes: the next one'],
	['M', 'compared takes: sound of the one in focus'],
	['Esc', 'close'],
];

export function helpDialog(): void {
	const rows = keys.flatMap(([key, text]) => [el('dt', {}, el('kbd', {}, key)), el('dd', {}, text)]);
	const form = el(
		'form',
		{method: 'dialog'},
		el('h2', {}, 'Keys'),
		el('dl', {}, ...rows),
		el('div', {class: 'buttons'}, el('button', {class: 'main'}, 'Close')),
	);
	show(el('dialog', {class: 'help'}, form));
}
