import {card} from './card.js';
import {
	amountDropOrders,
	cellOf,
	columnOf,
	isShown,
	labelOf,
	packDropOrder,
	typeDropOrder,
} from './fields.js';
import {measurerFor, type TextMeasurer} from './text-width.js';
import {type Cell, paint, type View} from './view.js';

export type Row = Readonly<Record<string, unknown>>;

interface Column {
	cells: Cell[];
	/** Cells that its texts need. */
	natural: number;
	/** Cells that its texts can be cut to. */
	minWidth: number;
	isProse: boolean;
	spare: number;
	/** The column in brief form, and the point in the order of dropping at which it is used. */
	brief: {column: Column; spare: number} | undefined;
}

/** Cells between two columns. */
const gap = 2;
/**
 * Fewest cells that prose is cut to, so that it stays readable. Less important columns are dropped before
 * that.
 */
const minProseWidth = (width: number) => (width < 80 ? 16 : Math.floor(0.3 * width));
/** Minimum and maximum cells. A longer text that may not be cut shifts only its own line. */
const maxAligned = [36, 64] as const;

/**
 * Formats rows as aligned columns under a heading, fitted to the width of the view: first prose is cut, then
 * the last columns are shortened or dropped. The first column is always shown and ids are never cut, so lines
 * may be too long rather than useless. When even the required columns do not fit, each row becomes a card.
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
	const measurer = await measurerFor(texts.flatMap(({cells}) => cells.map(({text}) => text)));
	const columns = texts.map(({key, cells}, index) => columnFrom(key, cells, index === 0, measurer, view));
	const spares = ownSpares(rows, keys);
	const ordered = columns.map((column, at) => ({
		...column,
		spare: spares[texts[at]?.key ?? ''] ?? column.spare,
	}));
	const kept = fitColumns(ordered, view.width);
	if (minimumWidth(kept) > view.width) return cards(rows, keys, view);
	const widths = widthsOf(kept, view.width);
	return [0, ...rows.map((_, row) => row + 1)].map((line) => lineOf(kept, widths, line, measurer, view));
}

/** Columns that are more important in these rows than usual. */
function ownSpares(rows: readonly Row[], keys: readonly string[]): Readonly<Record<string, number>> {
	if (areMixed(rows, keys)) return {type: typeDropOrder};
	if (/(^|_)id$/.test(keys[0] ?? '')) return {};
	const packs = new Set(rows.map(({pack}) => pack));
	return {...amountDropOrders, ...(packs.has('image') && !packs.has('video') && {pack: packDropOrder})};
}

/** Whether rows are tasks of several types that their prompts do not tell apart. */
const areMixed = (rows: readonly Row[], keys: readonly string[]) =>
	keys[0] === 'task_id' && !keys.includes('prompt') && new Set(rows.map(({type}) => type)).size > 1;

function columnFrom(
	key: string,
	cells: Cell[],
	isFirst: boolean,
	measurer: TextMeasurer,
	view: View,
): Column {
	const {isProse, isAddress, spare, shortens, minWidth = minProseWidth(view.width)} = columnOf(key, view);
	const [short, long] = maxAligned;
	const longest = Math.min(long, Math.max(short, view.width / 2));
	const aligned = isProse || isAddress ? Number.POSITIVE_INFINITY : longest;
	const widths = cells.map(({text}) => measurer.width(text)).filter((width) => width <= aligned);
	const natural = widths.reduce((most, width) => Math.max(most, width), 0);
	const isLong = shortens > 0 && cells.some(({brief}) => brief !== undefined);
	return {
		cells,
		natural,
		minWidth: isProse ? Math.min(natural, minWidth) : natural,
		isProse,
		spare: isFirst ? 0 : spare,
		brief: isLong
			? {column: columnFrom(key, cells.map(briefly), isFirst, measurer, view), spare: shortens}
			: undefined,
	};
}

const briefly = ({brief, ...cell}: Cell): Cell => (brief === undefined ? cell : {...cell, text: brief});

const cards = (rows: readonly Row[], keys: readonly string[], view: View) =>
	rows.flatMap((row, index) => [
		...(index === 0 ? [] : ['']),
		...card(
			keys.map((key) => [key, row[key]]),
			view,
		).split('\n'),
	]);

/** The keys of all rows, in order of appearance. */
export function keysOf(rows: readonly Row[]): string[] {
	const keys = new Set<string>();
	for (const row of rows) for (const key of Object.keys(row)) keys.add(key);
	return [...keys];
}

/** Cells that the columns need, including gaps, with prose as short as allowed. */
const minimumWidth = (columns: readonly Column[]) =>
	columns.reduce((sum, {minWidth}) => sum + minWidth, gap * (columns.length - 1));

/** Shortens and drops columns, least important first, until the rest fits or is required. */
function fitColumns(columns: readonly Column[], width: number): readonly Column[] {
	const spares = columns.map(({brief, spare}) => Math.max(spare, brief?.spare ?? 0));
	const most = Math.max(0, ...spares);
	if (most === 0 || minimumWidth(columns) <= width) return columns;
	// Of equally important columns, the last goes.
	const index = spares.lastIndexOf(most);
	const brief = columns[index]?.brief?.column;
	return fitColumns(brief ? columns.with(index, brief) : columns.toSpliced(index, 1), width);
}

/** Gives the remaining space to prose, from the left. */
function widthsOf(columns: readonly Column[], width: number): number[] {
	let room = Math.max(0, width - minimumWidth(columns));
	return columns.map(({natural, minWidth}) => {
		const more = Math.min(room, natural - minWidth);
		room -= more;
		return minWidth + more;
	});
}

function lineOf(
	columns: readonly Column[],
	widths: readonly number[],
	line: number,
	measurer: TextMeasurer,
	view: View,
): string {
	let text = '';
	let padding = '';
	for (const [index, {cells, isProse}] of columns.entries()) {
		const {[line]: cell = {text: ''}} = cells;
		const width = widths[index] ?? 0;
		const shown = (isProse ? measurer.cut(cell.text, width) : cell.text).trimEnd();
		if (shown !== '') text += padding + paint(cell, view, shown);
		const after = ' '.repeat(Math.max(0, width - measurer.width(shown)) + gap);
		// Avoids trailing spaces.
		padding = shown === '' ? padding + after : after;
	}
	return text;
}
