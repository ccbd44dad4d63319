import {cellOf, isShown, labelOf, linesOf} from './fields.js';
import {visible} from './sanitize.js';
import {paint, type View} from './view.js';

const isObject = (value: unknown): value is object =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Below this line width, in cells, values are not aligned, because space matters more. */
const minAligned = 40;

/** Formats fields as `name: value` lines. Nested values, sentences and full URLs are indented below their name. */
export function card(entries: readonly [string, unknown][], view: View): string {
	const shown = entries.filter(([key, value]) => value !== undefined && value !== null && isShown(key, view));
	const isNarrow = view.width < minAligned;
	const widths = isNarrow ? [] : shown.map(([key]) => labelOf(key).length + 1);
	const width = Math.max(0, ...widths);
	const below = (label: string, text: string) => `${label}\n${text.replaceAll(/^/gm, '  ')}`;
	return shown
		.map(([key, value]) => {
			const label = `${labelOf(key)}:`;
			if (isObject(value)) return below(label, card(Object.entries(value), view));
			const lines = linesOf(key, value, view);
			if (lines) return below(label, lines.map(visible).join('\n'));
			const cell = cellOf(key, value, view, false);
			const text = isNarrow ? (cell.brief ?? cell.text) : cell.text;
			return `${label.padEnd(width)} ${paint(cell, view, text)}`;
		})
		.join('\n');
}
