import {columnName, isVariable, type Row, type Value} from './manifest.js';
import {type Problem, problem} from './problem.js';
import {damagedCells, ratioOf} from './spreadsheet-cell.js';

/** Delimiters that spreadsheets use, in the order in which they are tried. */
const delimiters = [',', ';', '\t'] as const;

/** Excel may write this before the header row. */
const namedDelimiter = /^sep=(.)\r?\n/i;

/** The delimiter: the one that occurs most often in the header row, outside quotes. */
function delimiterOf(text: string): string {
	const heading = text.replaceAll(/"[^"]*"/g, '').split(/\r?\n/, 1)[0] ?? '';
	const counts = delimiters.map((delimiter) => heading.split(delimiter).length);
	return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

const cellValue = (text: string) => text.replaceAll('\r\n', '\n').trim();

/**
 * Reads a list as spreadsheets write it: `,`, `;` or tabs between cells, line breaks inside quotes, and a header row. Rows
 * are counted as a spreadsheet counts them.
 */
export async function readCsv(text: string): Promise<{rows: Row[]; problems: Problem[]}> {
	const {parse} = await import('csv-parse/sync');
	const named = namedDelimiter.exec(text);
	const body = named ? text.slice(named[0].length) : text;
	const before = named ? 1 : 0;
	let records: string[][];
	try {
		records = parse(body, {
			delimiter: named?.[1] ?? delimiterOf(body),
			relax_column_count: true,
			skip_empty_lines: false,
		});
	} catch (error) {
		const {lines} = error as {lines?: unknown};
		const row = typeof lines === 'number' ? lines + before : undefined;
		const why = error instanceof Error ? error.message : String(error);
		return {rows: [], problems: [problem({row}, `The quotes are not valid in CSV: ${why}`)]};
	}
	const [heading = [], ...rest] = records;
	const columns = heading.map((name) => columnName(name));
	const problems = headingProblems(heading, columns, 1 + before);
	const rows = rest.flatMap((cells, index): Row[] => {
		const row = index + 2 + before;
		if (cells.every((cell) => cell.trim() === '')) return [];
		const extra = cells.slice(columns.length).filter((cell) => cell.trim() !== '');
		if (extra.length > 0) {
			problems.push(
				problem(
					{row},
					`There are ${cells.length} cells, and the heading names ${columns.length}`,
					'Put a cell that holds the delimiter or a line break in double quotes.',
				),
			);
		}
		problems.push(...damagedCells({row}, columns, cells));
		return [{row, values: valuesOf(columns, cells)}];
	});
	return {rows, problems};
}

function valuesOf(columns: readonly string[], cells: readonly string[]): Record<string, Value> {
	const pairs = columns.map((column, index): [string, string] => [column, cellValue(cells[index] ?? '')]);
	return Object.fromEntries(
		pairs
			.filter(([column, value]) => column !== '' && value !== '')
			.map(([column, value]) => [column, column === 'ratio' ? ratioOf(value) : value]),
	);
}

function headingProblems(heading: readonly string[], columns: readonly string[], row: number): Problem[] {
	if (columns.every((column) => column === ''))
		return [problem({row}, 'There is no heading: the first row names the columns, such as id,prompt')];
	return columns.flatMap((column, index) => {
		if (column === '' || isVariable(column) || columns.indexOf(column) === index) return [];
		return [problem({row, column}, `The column ${heading[index]} is there twice`)];
	});
}
