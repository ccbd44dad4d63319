import {visible} from './sanitize.js';

/** A line of CSV, quoted as RFC 4180 says, without its line break. What is missing is empty. */
export function csvLine(values: readonly unknown[]): string {
	return values.map((value) => quoted(plain(String(value ?? '')))).join(',');
}

const quoted = (text: string) => (/[",\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Line breaks and tabs are data; what could drive a terminal is shown as `\uXXXX`. */
function plain(text: string): string {
	return text
		.split(/(\r?\n|\t)/)
		.map((part) => (/^\s+$/.test(part) ? part.replace('\r\n', '\n') : visible(part)))
		.join('');
}
