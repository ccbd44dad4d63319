import type {Problem} from './problem.js';

/** What a cell holds: a text, or several of a column that takes several. */
export type Value = string | readonly string[];

export type Values = Readonly<Record<string, Value>>;

/** A shot as it stands in a manifest: nothing is filled in or checked. */
export interface Row {
	/** The row of the sheet or the line of the text, from 1. */
	row: number;
	/** By column; empty cells are left out. */
	values: Values;
}

/** A list of shots, as it was written. */
export interface Manifest {
	/** Names the batch for ever: its tasks are found again by it. */
	name: string;
	/** What shots have that do not say otherwise. */
	defaults: Values;
	/** For `{name}` in any value. */
	vars: Readonly<Record<string, string>>;
	rows: readonly Row[];
	problems: readonly Problem[];
}

/** Columns that no command has as a flag. */
export const ownColumns = ['id', 'type', 'takes', 'file', 'tags', 'needs'] as const;

/** The name of a column as it is compared: `First Frame` and `first_frame` are `first-frame`. */
export const columnName = (heading: string): string =>
	heading
		.trim()
		.toLowerCase()
		.replaceAll(/[\s_]+(?=.)/g, (gap, at: number) => (at === 0 ? gap.trim() || '' : '-'));

/** Columns that begin so are the user's: notes, and values for `{name}`. */
export const isVariable = (column: string): boolean => column.startsWith('_');
