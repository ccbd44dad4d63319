import type {Problem} from './problem.js';

/** The content of a cell: a text, or several texts in a column that takes several. */
export type Value = string | readonly string[];

export type Values = Readonly<Record<string, Value>>;

/** A shot as written in a manifest: nothing is filled in or checked. */
export interface Row {
	/** The row of the sheet or the line of the text, from 1. */
	row: number;
	/** By column; empty cells are left out. */
	values: Values;
}

/** A shot list, as it was written. */
export interface Manifest {
	/** Name of the batch, for ever: its tasks are found again by it. Default: that of its first run, or of its file. */
	name: string;
	/** Values for shots that do not set their own. */
	defaults: Values;
	/** For `{name}` in any value. */
	vars: Readonly<Record<string, string>>;
	rows: readonly Row[];
	problems: readonly Problem[];
}

/** Columns that are not flags of any command. */
export const ownColumns = ['id', 'type', 'takes', 'file', 'tags', 'needs'] as const;

/** The name of a column in the form used to compare: `First Frame` and `first_frame` become `first-frame`. */
export const columnName = (heading: string): string =>
	heading
		.trim()
		.toLowerCase()
		.replaceAll(/[\s_]+(?=.)/g, (gap, at: number) => (at === 0 ? gap.trim() || '' : '-'));

/** Columns that begin with this are the user's: notes, and values for `{name}`. */
export const isVariable = (column: string): boolean => column.startsWith('_');
