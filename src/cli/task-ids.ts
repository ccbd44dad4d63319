import {StringDecoder} from 'node:string_decoder';
import {KlingError} from '../lib/errors/kling-error.js';
import type {Notes} from '../lib/output/progress.js';

/** Whether more than one task was named. Each then gets a line of its own. */
export function namesMany(ids: readonly string[]): boolean {
	return ids.length > 1 || ids.includes('-');
}

/** Reading stops after this many bytes of ids, in case the input never ends. */
const maxBytes = 4 << 20;

/** Most characters in a line. A shorter line that is not an id is a separate error. */
const maxLineLength = 64 << 10;

/**
 * The ids without duplicates. `-` is replaced by the ids on stdin, one per line, which are not checked yet.
 * @throws KlingError `invalid_task_id` for input that cannot be ids: an overlong line, or too many lines
 */
export async function readIds(
	ids: readonly string[],
	notes: Pick<Notes, 'line'>,
	stdin: AsyncIterable<Buffer> & {isTTY?: boolean} = process.stdin,
): Promise<string[]> {
	const all = new Set<string>();
	for (const id of ids) {
		if (id !== '-') {
			all.add(id);
			continue;
		}
		if (stdin.isTTY) notes.line('Reading ids from stdin, one a line; end with Ctrl-D');
		for await (const lines of linesOf(stdin)) for (const line of lines) all.add(line);
	}
	return [...all];
}

/** Trimmed lines that are not empty. Abandoning a stream halfway closes it. */
async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
	const decoder = new StringDecoder();
	let bytes = 0;
	let line = '';
	for await (const chunk of stream) {
		bytes += chunk.length;
		if (bytes > maxBytes) throw notIds(`more than ${maxBytes >> 20} MB`);
		const lines = `${line}${decoder.write(chunk)}`.split(/\r\n|\n|\r/);
		line = lines.pop() ?? '';
		yield checked(lines);
		checked([line]);
	}
	yield checked([line + decoder.end()]);
}

function checked(lines: readonly string[]): string[] {
	if (lines.some(({length}) => length > maxLineLength)) throw notIds('a line that is too long for one');
	return lines.map((line) => line.trim()).filter((line) => line !== '');
}

const notIds = (what: string) =>
	new KlingError('invalid_task_id', `stdin should hold task ids, one a line, and holds ${what}`);
