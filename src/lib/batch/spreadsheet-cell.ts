import {isVariable} from './manifest.js';
import {type Place, type Problem, problem} from './problem.js';
import {parseTemplate, variablesIn} from './template.js';

/** A time of day, in the form that spreadsheets show. */
const time = /^(?<hours>\d{1,2}):(?<minutes>\d{2})(?::00)?(?:\s*(?<half>[ap])\.?m\.?)?$/i;

/** Spreadsheets take 16:9 for a time of day, and save it as 16:09, 16:09:00 or 04:09:00 PM. */
export function ratioOf(text: string): string {
	const {hours, minutes, half} = time.exec(text)?.groups ?? {};
	if (hours === undefined) return text;
	const isAfternoon = half?.toLowerCase() === 'p' && Number(hours) < 12;
	return `${Number(hours) + (isAfternoon ? 12 : 0)}:${Number(minutes)}`;
}

/** What spreadsheets write instead of a value. A task that is paid for must not be made from it. */
const damages: readonly {pattern: RegExp; what: string; hint: string}[] = [
	{
		// Excel and LibreOffice, in any language: #NAME?, #REF!, #N/A, #BEZUG!, #¡REF!, Err:508.
		pattern: /^(#[\p{Lu}\p{Lo}\p{N}/¡¿]+[!?]|#N\/[AD]|#NV|Err:\d{3})$/u,
		what: 'the error of a formula',
		hint: "Correct the formula. For a text that begins with =, + or -, type ' before it, or format the column as text.",
	},
	{
		pattern: /^#{3,}$/,
		what: 'a value that the spreadsheet had no room to show',
		hint: 'Make the column wider, and save the list again.',
	},
	{
		pattern: /^\d([.,]\d+)?E\+\d{2}$/i,
		what: 'a number that the spreadsheet has shortened',
		hint: 'Format the column as text, and enter the whole number again.',
	},
];

/**
 * Finds the cells of a row whose content a spreadsheet has damaged. The user's own columns matter only if the
 * row uses them.
 */
export function damagedCells(place: Place, columns: readonly string[], cells: readonly string[]): Problem[] {
	const used = (column: string) =>
		cells.some((cell) => variablesIn(parseTemplate(cell)).includes(column.slice(1)));
	return cells.flatMap((cell, index) => {
		const column = columns[index] ?? '';
		const text = cell.trim();
		const damage = damages.find(({pattern}) => pattern.test(text));
		if (damage === undefined || column === '' || (isVariable(column) && !used(column))) return [];
		return [problem({...place, column}, `'${text}' is ${damage.what}`, damage.hint)];
	});
}
