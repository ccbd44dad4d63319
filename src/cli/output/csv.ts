import {KlingError} from '../../lib/errors/kling-error.js';
import {csvLine} from '../../lib/output/csv.js';
import type {Context} from '../context.js';

const otherForms = ['human', 'json', 'ndjson', 'query'] as const;

/** @throws KlingError `conflicting_input` when another output format was requested as well */
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
 * Prints rows as CSV as they arrive, below a header line.
 * @param columns keys of the rows. Missing values are empty.
 */
export async function printCsv(
	{printer, redactor}: Context,
	rows: AsyncIterable<object> | Iterable<object>,
	columns: readonly string[],
): Promise<undefined> {
	let heading: string | undefined = csvLine(columns);
	for await (const row of rows) {
		// The header is printed with the first row, so that an earlier error leaves stdout empty.
		if (heading !== undefined) await printer.text(heading);
		heading = undefined;
		const safe = redactor.document(row) as Record<string, unknown>;
		await printer.text(csvLine(columns.map((column) => safe[column])));
	}
	if (heading !== undefined) await printer.text(heading);
}
