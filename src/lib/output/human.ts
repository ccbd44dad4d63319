import type {ErrorDocument} from '../errors/kling-error.js';
import {visible} from './sanitize.js';

type Row = Record<string, unknown>;

/** A success document as text: lists as aligned columns, all else as one `name: value` a line. */
export function humanText(document: object): string {
	return Object.entries(document)
		.filter(([key, value]) => key !== 'success' && value !== undefined)
		.flatMap(([key, value]) => (Array.isArray(value) ? table(value) : [`${words(key)}: ${cell(value)}`]))
		.join('\n');
}

/** An error as two lines: what happened, and what to do. */
export function humanError({error}: ErrorDocument): string {
	const hint = error.hint === undefined ? '' : `\n${visible(error.hint)}`;
	return `Error: ${visible(error.message)} (${error.code})${hint}`;
}

function table(rows: Row[]): string[] {
	const [first] = rows;
	if (first === undefined) return [];
	// Not every row has every key.
	const keys = new Set(rows.flatMap((row) => Object.keys(row)));
	const columns = [...keys].map((key) => {
		const cells = [words(key), ...rows.map((row) => cell(row[key]))];
		const width = Math.max(...cells.map((text) => text.length));
		return cells.map((text) => text.padEnd(width));
	});
	return [first, ...rows].map((_, line) =>
		columns
			.map((column) => column[line])
			.join('  ')
			.trimEnd(),
	);
}

const words = (key: string) => key.replaceAll('_', ' ');

function cell(value: unknown): string {
	// The only large whole numbers in documents are times.
	if (typeof value === 'number' && value > 1e12) return new Date(value).toISOString().replace(/\.\d+Z$/, 'Z');
	return visible(String(value ?? ''));
}
