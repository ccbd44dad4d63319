/* Lists for spreadsheets and players. */
import {mediaPath} from '../media-path.js';
import {perSecond} from '../rates.js';

const columns = [
	'shot',
	'take',
	'file',
	'start_frame',
	'frames',
	'fps',
	'seconds',
	'timeline_frame',
	'prompt',
	'model',
	'task_id',
	'note',
];

/** A cell according to RFC 4180; one that a spreadsheet would take for a formula is turned into text. */
function cell(value) {
	const text = String(value ?? '');
	const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function toCsv({cuts}, options) {
	const rows = cuts.map((cut) => [
		...[cut.shot, cut.take, cut.file && mediaPath(cut.file, options), cut.start, cut.length],
		...[perSecond(cut.rate), Number((cut.length / perSecond(cut.rate)).toFixed(6)), cut.at],
		...[cut.prompt, cut.model, cut.taskId, cut.note],
	]);
	return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

export function toM3u({cuts}, options) {
	const entries = cuts
		.filter((cut) => cut.file !== undefined)
		.map((cut) => {
			const title = `${cut.shot} take ${cut.take}`.replaceAll(/[\r\n]+/g, ' ');
			const seconds = Math.round(cut.length / perSecond(cut.rate));
			return `#EXTINF:${seconds},${title}\n${mediaPath(cut.file, options)}\n`;
		});
	return `#EXTM3U\n${entries.join('')}`;
}
