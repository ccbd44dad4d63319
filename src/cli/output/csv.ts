import {KlingError} from '../../lib/errors/kling-error.js';
import {csvLine} from '../../lib/output/csv.js';
import type {Context} from '../context.js';

const otherForms = ['human', 'json', 'ndjson', 'query'] as const;

/** @throws KlingError `conflicting_input` when another form of output was asked for beside CSV */
export function checkCsv(
	flags: {csv: boolean} & Partial<Record<(typeof otherForms)[number], unknown>>,
): void {
	const other = otherForms.find((form) => flags[form]);
	if (!flags.csv || other === undefined) return;
	throw new KlingError('conflicting_input', `Both --csv and --${other} were given`, {
		hint: `Leave out --csv or --${other}.`,
	});
}

/**
 * Prints rows as CSV as they come, under a line of the names of the columns.
 * @param columns keys of the rows; what a row lacks is empty
 */
export async function printCsv(
	{printer, redactor}: Context,
	rows: AsyncIterable<object> | Iterable<object>,
	columns: readonly string[],
): Promise<undefined> {
	let heading: string | undefined = csvLine(columns);
	for await (const row of rows) {
		// With the first row: what fails before it leaves stdout empty.
		if (heading !== undefined) await printer.text(heading);
		heading = undefined;
		const safe = redactor.document(row) as Record<string, unknown>;
		await printer.text(csvLine(columns.map((column) => safe[column])));
	}
	if (heading !== undefined) await printer.text(heading);
}
