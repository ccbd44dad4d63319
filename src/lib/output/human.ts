import path from 'node:path';
import {type ErrorDocument, isFailure} from '../errors/kling-error.js';
import {card} from './card.js';
import {areChecks, checkList} from './checks.js';
import {byImportance, cellOf, isShown, labelOf} from './fields.js';
import {visible} from './sanitize.js';
import {keysOf, type Row, table} from './table.js';
import {paint, type View} from './view.js';

const isRow = (value: unknown): value is Row =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isTable = (value: unknown): value is Row[] => Array.isArray(value) && value.every(isRow);

/**
 * Formats a document, or the result of a query on it: lists as tables, everything else as a card of `name:
 * value` lines.
 */
export async function humanText(document: unknown, view: View): Promise<string> {
	if (isTable(document)) return rowsText(document, view);
	if (Array.isArray(document)) return document.map((item) => scalar(item)).join('\n');
	if (!isRow(document)) return scalar(document);
	const reported = await withMedia(document);
	const lists = Object.entries(reported).filter((entry): entry is [string, Row[]] => isTable(entry[1]));
	// Not shown: the list itself gives the count, and errors go to stderr.
	const said = new Set([
		'success',
		...(lists.length > 0 ? ['count', 'has_more'] : []),
		...(lists.length > 0 && typeof reported.total === 'number' ? ['total'] : []),
		...(isFailure(reported) ? ['error'] : []),
	]);
	const facts = Object.entries(reported).filter(([key, value]) => !isTable(value) && !said.has(key));
	const parts = [
		card(facts, view),
		...(await Promise.all(lists.map((list) => listText(list, view, reported)))),
	];
	return parts.filter((part) => part !== '').join('\n\n');
}

/** Formats one of many documents as a single line. */
export async function humanLine(document: unknown, view: View): Promise<string> {
	if (!isRow(document)) return humanText(document, view);
	return Object.entries(await withMedia(document))
		.filter(([key, value]) => key !== 'success' && value !== undefined && isShown(key, view))
		.map(([key, value]) => {
			const cell = cellOf(key, value, view, true);
			// Padded to the longest of the usual statuses, so that most lines align.
			return paint(cell, view) + ' '.repeat(key === 'status' ? Math.max(0, 10 - cell.text.length) : 0);
		})
		.join('  ')
		.trimEnd();
}

/** Formats an error as two lines: what happened, and what to do. */
export function humanError({error}: ErrorDocument, view: View): string {
	const hint = error.hint === undefined ? '' : `\n${visible(error.hint)}`;
	const {code, message, task_id: id = ''} = error;
	const about = message.includes(id) ? code : `${code}, task ${visible(id)}`;
	return `${paint({text: 'Error:', colour: 'red'}, view)} ${visible(message)} (${about})${hint}`;
}

const scalar = (value: unknown) => visible(typeof value === 'object' ? JSON.stringify(value) : String(value));

const rowsText = async (rows: readonly Row[], view: View): Promise<string> =>
	areChecks(rows) ? checkList(rows, view) : (await table(rows, view)).join('\n');

/** @param reported the document that contains the list and may say that there are more */
async function listText([name, rows]: [string, Row[]], view: View, reported: Row): Promise<string> {
	const noun = labelOf(name);
	if (rows.length === 0) return `No ${noun}`;
	if (areChecks(rows)) return checkList(rows, view);
	const named = withNames(rows.map(({next, ...row}) => row));
	const lines = await table(named, view, byImportance(keysOf(named), view));
	const count = countText(rows.length, noun, reported);
	// Commands are meant to be copied, so they are never cut.
	const commands = rows.flatMap(({next}) => (next === undefined ? [] : `  ${visible(String(next))}`));
	const nextSteps = commands.length === 0 ? [] : ['', 'What to type next:', ...commands];
	return [...lines, '', paint({text: count, colour: 'dim'}, view), ...nextSteps].join('\n');
}

/** The number of rows: `30 tasks`, or `30 of 48, more with --limit`. */
function countText(shown: number, noun: string, {has_more: hasMore, total}: Row): string {
	const count = `${shown} ${shown === 1 ? noun.replace(/s$/, '') : noun}`;
	if (hasMore !== true) return count;
	return typeof total === 'number'
		? `${shown} of ${total}, more with --limit`
		: `${count}, more with --limit`;
}

/**
 * Puts what names each row first. A submission that was refused, or whose response was never seen, has no
 * task id but only an external id; it goes into the same column, under a heading that fits both.
 */
function withNames(rows: readonly Row[]): readonly Row[] {
	const isNameless = ({task_id: id, external_task_id: name}: Row) => id === undefined && name !== undefined;
	const [first = ''] = keysOf(rows);
	if (['external_task_id', 'shot'].includes(first) || !rows.some(isNameless)) return rows;
	if (rows.every(isNameless)) return rows.map((row) => ({external_task_id: undefined, ...row}));
	return rows.map(({task_id: id, external_task_id: name, ...row}) =>
		id === undefined ? {either_id: name, ...row} : {either_id: id, ...row, external_task_id: name},
	);
}

/** Adds facts from the file itself, if a document names one that was written. */
async function withMedia(document: Row): Promise<Row> {
	const {file} = document;
	if (typeof file !== 'string' || !path.isAbsolute(file)) return document;
	const {describeMedia} = await import('../media/describe.js');
	const described = await describeMedia(file);
	// The document's own values win and keep their place.
	return {...document, ...described, ...document};
}
