import {cellOf} from './fields.js';
import {visible} from './sanitize.js';
import type {Row} from './table.js';
import {measurerFor} from './text-width.js';
import {paint, type View} from './view.js';

/**
 * Whether rows are the checks of `kling doctor`, or a query's selection of them. Every word of them matters,
 * so they are not shown as a table.
 */
export const areChecks = (rows: readonly Row[]): boolean =>
	rows.length > 0 &&
	rows.every((row) => ['name', 'status', 'message'].every((key) => typeof row[key] === 'string'));

/** The longest status plus a gap. */
const indent = 'failure'.length + 2;

/** Formats checks as lines wrapped to the width of the view, each followed by what to do about it. */
export async function checkList(rows: readonly Row[], view: View): Promise<string> {
	const texts = rows.map(({name, message, fix}) => ({
		said: visible(`${name}: ${message}`),
		fix: fix === undefined ? '' : visible(`Fix: ${fix}`),
	}));
	const measurer = await measurerFor(texts.flatMap(({said, fix}) => [said, fix]));
	const wrapped = (text: string): string => {
		const lines: string[] = [];
		let line = '';
		for (const word of text.split(' ')) {
			const longer = line === '' ? word : `${line} ${word}`;
			// A path or command longer than a line is not split.
			if (line === '' || indent + measurer.width(longer) <= view.width) line = longer;
			else {
				lines.push(line);
				line = word;
			}
		}
		return [...lines, line].join(`\n${' '.repeat(indent)}`);
	};
	return rows
		.map(({status}, index) => {
			const {said = '', fix = ''} = texts[index] ?? {};
			const cell = cellOf('status', status, view, true);
			const state = paint(cell, view) + ' '.repeat(Math.max(1, indent - cell.text.length));
			return state + wrapped(said) + (fix && `\n${' '.repeat(indent)}${wrapped(fix)}`);
		})
		.join('\n');
}
