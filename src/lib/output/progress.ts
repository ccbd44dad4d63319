import {visible} from './sanitize.js';

/** The progress line of one task or download. */
interface LiveLine {
	/**
	 * Sets what a terminal shows. It is called again at each repaint, so that times advance.
	 * @param text receives the number of cells
	 */
	show(text: (width: number) => string): void;
	/** Reports a change, as a plain line where nothing can be repainted. */
	change(text: string): void;
	end(): void;
}

/** Where notes and progress go: stderr, unless --quiet. */
export interface Notes {
	/** Prints one line, such as a warning. */
	line(text: string): void;
	/** Starts a progress line: repainted on a terminal, elsewhere one plain line per change. */
	live(): LiveLine;
	/** Prints on the same terminal, above the progress lines. */
	above(print: () => Promise<void>): Promise<void>;
}

const directly = (print: () => Promise<void>) => print();

export const silence: Notes = {
	line() {},
	live: () => ({show() {}, change() {}, end() {}}),
	above: directly,
};

/** Milliseconds between repaints. */
const paintEvery = 200;

/** @param stream stderr; only a terminal gets animation */
export function notesOn(stream: NodeJS.WriteStream): Notes {
	const write = (text: string) => void stream.write(`${visible(text)}\n`);
	if (!stream.isTTY || process.env.TERM === 'dumb') {
		return {line: write, live: () => ({show() {}, change: write, end() {}}), above: directly};
	}
	return terminalNotes(stream, write);
}

function terminalNotes(stream: NodeJS.WriteStream, write: (text: string) => void): Notes {
	const rows = new Set<StatusLine>();
	let painter: Painter | undefined;
	let timer: NodeJS.Timeout | undefined;

	const paint = () => {
		const room = Math.max(1, (stream.rows || 24) - 2);
		const width = (stream.columns || 80) - 1;
		const lines = [...rows].slice(0, room).map(({text}) => visible(text(width)).slice(0, width));
		if (rows.size > room) lines.push(`and ${rows.size - room} more`);
		painter?.(lines.join('\n'));
	};
	const begin = async () => {
		// The drawing code is loaded only when there is something to draw.
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
			const row: StatusLine = {text: () => ''};
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

/** Formats a line for a number of cells. */
interface StatusLine {
	text: (width: number) => string;
}

type Painter = ((text: string) => void) & {clear(): void};
