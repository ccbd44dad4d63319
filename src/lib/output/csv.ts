import {visible} from './sanitize.js';

/** A line of CSV, quoted according to RFC 4180, without its line break. Missing values are empty. */
export function csvLine(values: readonly unknown[]): string {
	return values.map((value) => quoted(plain(String(value ?? '')))).join(',');
}

const quoted = (text: string) => (/[",\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Line breaks and tabs are data. Other control characters are shown as `\uXXXX`. */
function plain(text: string): string {
	return text
		.split(/(\r?\n|\t)/)
		.map((part) => (/^\s+$/.test(part) ? part.replace('\r\n', '\n') : visible(part)))
		.join('');
}
