import {cellOf, columnOf, isShown, labelOf} from './fields.js';
import {type Ruler, rulerFor} from './ruler.js';
import {type Cell, paint, type View} from './view.js';

export type Row = Readonly<Record<string, unknown>>;

interface Column {
	cells: Cell[];
	/** Cells that its texts take. */
	natural: number;
	isProse: boolean;
	spare: number;
}

/** Cells between two columns. */
const gap = 2;
/** Cells that prose is not cut below, so that there is something to read: columns that matter less go first. */
const leastProse = (width: number) => (width < 80 ? 16 : Math.floor(0.3 * width));
/** Cells, at least and at most; a text that is longer than half a line and may not be cut moves its own line alone. */
const longestAligned = [36, 64] as const;

/**
 * Rows as aligned columns under a heading, fitted to the width of the view: prose is cut first, then the last columns
 * are left out. The first column is always there and ids are never cut, so that lines can be too long rather than useless.
 */
export async function table(
	rows: readonly Row[],
	view: View,
	keys: readonly string[] = keysOf(rows),
): Promise<string[]> {
	const texts = keys
		.filter((key) => isShown(key, view))
		.map((key) => ({key, cells: rows.map((row) => cellOf(key, row[key], view, true))}))
		.filter(({cells}) => cells.some(({text}) => text !== ''))
		.map(({key, cells}) => ({key, cells: [{text: labelOf(key), colour: 'bold'} as Cell, ...cells]}));
	const ruler = await rulerFor(texts.flatMap(({cells}) => cells.map(({text}) => text)));

	const [least, most] = longestAligned;
	const longest = Math.min(most, Math.max(least, view.width / 2));
	const columns = texts.map(({key, cells}, index): Column => {
		const {isProse, isAddress, spare} = columnOf(key, view);
		const aligned = isProse || isAddress ? Number.POSITIVE_INFINITY : longest;
		const widths = cells.map(({text}) => ruler.width(text)).filter((width) => width <= aligned);
		const natural = widths.reduce((most, width) => Math.max(most, width), 0);
		return {cells, natural, isProse, spare: index === 0 ? 0 : spare};
	});
	const kept = thatFit(columns, view.width);
	const widths = widthsOf(kept, view.width);
	return [0, ...rows.map((_, row) => row + 1)].map((line) => lineOf(kept, widths, line, ruler, view));
}

/** Every key that a row has, as they come. */
export function keysOf(rows: readonly Row[]): string[] {
	const keys = new Set<string>();
	for (const row of rows) for (const key of Object.keys(row)) keys.add(key);
	return [...keys];
}

const leastOf = ({natural, isProse}: Column, width: number) =>
	isProse ? Math.min(natural, leastProse(width)) : natural;

/** Cells that columns take, gaps included, when prose is as short as may be. */
const leastOfAll = (columns: readonly Column[], width: number) =>
	columns.reduce((sum, column) => sum + leastOf(column, width), gap * (columns.length - 1));

function thatFit(columns: readonly Column[], width: number): readonly Column[] {
	const most = Math.max(0, ...columns.map(({spare}) => spare));
	if (most === 0 || leastOfAll(columns, width) <= width) return columns;
	// Of equals, the last goes.
	const index = columns.findLastIndex(({spare}) => spare === most);
	return thatFit(columns.toSpliced(index, 1), width);
}

/** Gives what room there is to prose, from the left. */
function widthsOf(columns: readonly Column[], width: number): number[] {
	let room = Math.max(0, width - leastOfAll(columns, width));
	return columns.map((column) => {
		const more = Math.min(room, column.natural - leastOf(column, width));
		room -= more;
		return leastOf(column, width) + more;
	});
}

function lineOf(
	columns: readonly Column[],
	widths: readonly number[],
	line: number,
	ruler: Ruler,
	view: View,
): string {
	let text = '';
	let padding = '';
	for (const [index, {cells, isProse}] of columns.entries()) {
		const {[line]: cell = {text: ''}} = cells;
		const width = widths[index] ?? 0;
		const shown = isProse ? ruler.cut(cell.text, width) : cell.text;
		if (shown !== '') text += padding + paint(cell, view, shown);
		const after = ' '.repeat(Math.max(0, width - ruler.width(shown)) + gap);
		// Nothing is printed after the last text of a line.
		padding = shown === '' ? padding + after : after;
	}
	return text;
}
