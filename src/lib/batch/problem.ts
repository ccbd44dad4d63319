import type {ErrorCode} from '../errors/error-table.js';
import {definedOnly, KlingError} from '../errors/kling-error.js';
import {commandLine, pathWord} from '../output/shell.js';

/** Something in a manifest that would not work. */
export interface Problem {
	/** The row of the sheet or the line of the text, from 1; missing if it is about the whole file. */
	row?: number | undefined;
	column?: string | undefined;
	shot?: string | undefined;
	code: ErrorCode;
	message: string;
	hint?: string | undefined;
}

/** Where a problem is. */
export type Place = Pick<Problem, 'row' | 'column' | 'shot'>;

/** A problem of the manifest itself. */
export const problem = (place: Place, message: string, hint?: string): Problem =>
	definedOnly({...place, code: 'invalid_manifest', message, hint});

/** The problem that an error describes. */
export const problemOf = (place: Place, error: KlingError): Problem =>
	definedOnly({...place, code: error.code, message: error.said, hint: error.details.hint});

/** A problem in the form that people read: `row 7, duration: …`. */
export function problemText({row, column, shot, message}: Problem): string {
	const place = [
		...(row === undefined ? [] : [`row ${row}`]),
		...(shot === undefined ? [] : [`shot ${shot}`]),
		...(column === undefined ? [] : [column]),
	].join(', ');
	return place === '' ? message : `${place}: ${message}`;
}

const cellOf = ({row, column}: Problem) => `${row} ${column}`;

/** Leaves out what was found about the value of a cell that could not be read in the first place. */
export function withoutRepeats(problems: readonly Problem[]): Problem[] {
	const unread = problems.filter(({shot, column}) => shot === undefined && column !== undefined);
	const cells = new Set(unread.map(cellOf));
	return problems.filter((one) => one.shot === undefined || !cells.has(cellOf(one)));
}

/** Problems in the order of their rows. */
export const inOrder = (problems: readonly Problem[]): Problem[] =>
	[...problems].sort((a, b) => (a.row ?? 0) - (b.row ?? 0));

/**
 * The error for problems that were found before anything was paid for.
 * @param file the manifest, as the user wrote it
 */
export function manifestError(file: string, problems: readonly Problem[]): KlingError {
	const sorted = inOrder(problems);
	const count = sorted.length === 1 ? '1 problem' : `${sorted.length} problems`;
	return new KlingError('invalid_manifest', `${file} has ${count}; nothing was submitted`, {
		problems: sorted,
		hint: `Correct the list, then see the plan: ${commandLine(['kling', 'batch', 'plan', pathWord(file)])}`,
	});
}
