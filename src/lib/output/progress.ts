import {visible} from './sanitize.js';

/** One thing that is under way: a task that is waited for, a transfer. */
interface LiveLine {
	/** What a terminal shows from now on; asked again at each painting, so that times run. */
	show(text: () => string): void;
	/** A change worth a line where nothing can move. */
	change(text: string): void;
	end(): void;
}

/** Where notes and progress go: stderr, unless --quiet. */
export interface Notes {
	/** One line, such as a warning. */
	line(text: string): void;
	/** On a terminal a line that is painted over, elsewhere one plain line for each change. */
	live(): LiveLine;
	/** Prints something on the same terminal, above the lines that are painted over. */
	above(print: () => Promise<void>): Promise<void>;
}

const directly = (print: () => Promise<void>) => print();

export const silence: Notes = {
	line() {},
	live: () => ({show() {}, change() {}, end() {}}),
	above: directly,
};

/** Milliseconds between two paintings. */
const paintEvery = 200;

/** @param stream stderr; only a terminal gets anything that moves */
export function notesOn(stream: NodeJS.WriteStream): Notes {
	const write = (text: string) => void stream.write(`${visible(text)}\n`);
	if (!stream.isTTY || process.env.TERM === 'dumb') {
		return {line: write, live: () => ({show() {}, change: write, end() {}}), above: directly};
	}
	return terminalNotes(stream, write);
}

function terminalNotes(stream: NodeJS.WriteStream, write: (text: string) => void): Notes {
	const rows = new Set<{text: () => string}>();
	let painter: Painter | undefined;
	let timer: NodeJS.Timeout | undefined;

	const paint = () => {
		const room = Math.max(1, (stream.rows || 24) - 2);
		const width = (stream.columns || 80) - 1;
		const lines = [...rows].slice(0, room).map(({text}) => visible(text()).slice(0, width));
		if (rows.size > room) lines.push(`and ${rows.size - room} more`);
		painter?.(lines.join('\n'));
	};
	const begin = async () => {
		// Drawing is loaded when there is something to draw.
		const {createLogUpdate} = await import('log-update');
		painter ??= createLogUpdate(stream, {showCursor: true});
		if (rows.size > 0) paint();
	};

	const above = async (print: () => void | Promise<void>) => {
		painter?.clear();
		await print();
		if (rows.size > 0) paint();
	};

	return {
		line: (text) => void above(() => write(text)),
		above,
		live() {
			const row = {text: () => ''};
			return {
				show(text) {
					row.text = text;
					if (rows.size === 0) {
						void begin();
						timer = setInterval(paint, paintEvery).unref();
					}
					rows.add(row);
				},
				change() {},
				end() {
					if (!rows.delete(row)) return;
					if (rows.size > 0) return;
					clearInterval(timer);
					painter?.clear();
				},
			};
		},
	};
}

type Painter = ((text: string) => void) & {clear(): void};

/** A time span as a clock shows it: 0:07, 12:30, 1:02:03. */
export function clockTime(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
	const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
	return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

const barWidth = 20;

/**
 * A transfer on one line: bar, size, speed and time left where the size is known.
 * @param before bytes that were there when it began
 */
export function transferText(
	label: string,
	bytes: number,
	total: number | undefined,
	elapsedMs: number,
	before = 0,
): string {
	const speed = elapsedMs > 0 ? (bytes - before) / elapsedMs : 0;
	const rate = `${(speed / 1000).toFixed(1)} MB/s`;
	if (!total) return `${label}  ${megabytes(bytes)}  ${rate}`;
	const filled = Math.round((bytes / total) * barWidth);
	const bar = '#'.repeat(filled).padEnd(barWidth, '-');
	const left = speed > 0 ? `  ${clockTime((total - bytes) / speed)} left` : '';
	// The bar last: what does not fit is cut.
	return `${label}  ${megabytes(bytes)} of ${megabytes(total)}  ${rate}${left}  [${bar}]`;
}
