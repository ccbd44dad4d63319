import {StringDecoder} from 'node:string_decoder';
import {KlingError} from '../lib/errors/kling-error.js';

/** Whether more than one task was named: then each gets a line of its own. */
export function namesMany(ids: readonly string[]): boolean {
	return ids.length > 1 || ids.includes('-');
}

/** Bytes of ids after which reading ends: input without an end must have one here. */
const mostBytes = 16 << 20;

/** Characters after which a line is none that somebody wrote; a shorter one that is no id is an error of its own. */
const longestLine = 64 << 10;

/**
 * The ids, with those on stdin, one a line and not yet checked, in the place of `-`; each once.
 * @throws KlingError `invalid_task_id` for input that cannot be ids: a line of any length, or lines without end
 */
export async function readIds(
	ids: readonly string[],
	stdin: AsyncIterable<Buffer> = process.stdin,
): Promise<string[]> {
	const all = new Set<string>();
	for (const id of ids) {
		if (id !== '-') all.add(id);
		else for await (const line of linesOf(stdin)) if (line.trim() !== '') all.add(line.trim());
	}
	return [...all];
}

/** Leaving a stream in the middle closes it. */
async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
	const decoder = new StringDecoder();
	let bytes = 0;
	let line = '';
	for await (const chunk of stream) {
		bytes += chunk.length;
		if (bytes > mostBytes) throw notIds(`more than ${mostBytes >> 20} MB`);
		const lines = `${line}${decoder.write(chunk)}`.split(/\r\n|\n|\r/);
		line = lines.pop() ?? '';
		yield* lines.map(checked);
		checked(line);
	}
	yield checked(line + decoder.end());
}

function checked(line: string): string {
	if (line.length > longestLine) throw notIds('a line that is too long for one');
	return line;
}

const notIds = (what: string) =>
	new KlingError('invalid_task_id', `stdin should hold task ids, one a line, and holds ${what}`);
