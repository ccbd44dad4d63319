import {styleText} from 'node:util';

export type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'bold' | 'dim';

/** What the place that text is printed to can show. */
export interface View {
	/** Cells in a line; infinite where nothing has a width, such as a pipe. */
	width: number;
	colour: boolean;
	/** Whether words can be links (OSC 8). */
	links: boolean;
	/** Unix milliseconds, to show times as how long ago they were; left out, they are shown in full. */
	now?: number;
	/** Whether people asked for all that is known. */
	verbose: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** What a stream can show. `COLUMNS` counts where the stream itself has no width. */
export function viewOf(stream: NodeJS.WriteStream, env: Env, now: number, verbose: boolean): View {
	const columns = /^[1-9]\d*$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : undefined;
	return {
		width: stream.isTTY ? stream.columns || columns || 80 : (columns ?? Number.POSITIVE_INFINITY),
		colour: showsColour(stream, env),
		links: showsLinks(stream, env),
		// What is kept in a file outlives "3 minutes ago".
		...(stream.isTTY && {now}),
		verbose,
	};
}

/** `FORCE_COLOR` decides, then `NO_COLOR`, then the terminal: the order of Node itself. */
export function showsColour(stream: NodeJS.WriteStream, env: Env): boolean {
	const forced = env.FORCE_COLOR;
	if (forced !== undefined) return forced !== '0' && forced !== 'false';
	if (env.NO_COLOR) return false;
	return stream.isTTY === true && stream.hasColors(16, {...env});
}

/** What says, in the environment, that the terminal is one that shows links. */
const linkingTerminals: readonly [name: string, value: RegExp][] = [
	['TERM_PROGRAM', /^(iTerm\.app|WezTerm|vscode|ghostty|Hyper|Tabby)$/],
	['TERM', /^(xterm-kitty|xterm-ghostty|alacritty|foot)/],
	['WT_SESSION', /./],
	// 5000 crashes on them, and older ones show nothing.
	['VTE_VERSION', /^(500[1-9]|50[1-9]\d|5[1-9]\d\d|[6-9]\d{3}|\d{5,})$/],
];

/** `FORCE_HYPERLINK` decides; otherwise only a terminal that is known to show links does, and none within tmux. */
export function showsLinks(stream: NodeJS.WriteStream, env: Env): boolean {
	const forced = env.FORCE_HYPERLINK;
	if (forced !== undefined) return forced !== '0' && forced !== 'false';
	if (!stream.isTTY || env.CI || env.TMUX || env.STY || env.TERM === 'dumb') return false;
	return linkingTerminals.some(([name, value]) => value.test(env[name] ?? ''));
}

/** A piece of text as people see it: without controls, and perhaps in colour, or as a link. */
export interface Cell {
	text: string;
	colour?: Colour | undefined;
	/** An address that the text leads to. */
	link?: string | undefined;
	/** Addresses that the words of the text lead to, one each. */
	links?: readonly string[] | undefined;
	/** What stands in its place where room is scarce. */
	brief?: string | undefined;
}

/**
 * A cell for a view that may show colour and links.
 * @param text the text, where it was cut or padded to a width
 */
export function paint({text: whole, colour, link, links}: Cell, view: View, text = whole): string {
	const coloured = colour && view.colour ? styleText(colour, text, {validateStream: false}) : text;
	if (!view.links) return coloured;
	if (link) return linked(coloured, link);
	if (!links) return coloured;
	const words = coloured.split(' ');
	return words.map((word, index) => linked(word, links[index] ?? '')).join(' ');
}

const linked = (text: string, address: string) => `\u001B]8;;${address}\u001B\\${text}\u001B]8;;\u001B\\`;
