import {styleText} from 'node:util';

export type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'bold' | 'dim';

/** What the output device can show. */
export interface View {
	/** Cells per line; infinite for output without a width, such as a pipe. */
	width: number;
	colour: boolean;
	/** Whether words can be links (OSC 8). */
	links: boolean;
	/** Unix milliseconds, for showing times relative to now. Default: times are shown in full. */
	now?: number;
	/** Whether the user asked for everything that is known. */
	verbose: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** What a stream can show. `COLUMNS` is used when the stream has no width of its own. */
export function viewOf(stream: NodeJS.WriteStream, env: Env, now: number, verbose: boolean): View {
	const columns = /^[1-9]\d*$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : undefined;
	return {
		width: stream.isTTY ? stream.columns || columns || 80 : (columns ?? Number.POSITIVE_INFINITY),
		colour: showsColour(stream, env),
		links: showsLinks(stream, env),
		// Output to a file outlives "3 minutes ago".
		...(stream.isTTY && {now}),
		verbose,
	};
}

/** `FORCE_COLOR` decides, then `NO_COLOR`, then the terminal, in the same order as Node. */
export function showsColour(stream: NodeJS.WriteStream, env: Env): boolean {
	const forced = env.FORCE_COLOR;
	if (forced !== undefined) return forced !== '0' && forced !== 'false';
	if (env.NO_COLOR) return false;
	return stream.isTTY === true && stream.hasColors(16, {...env});
}

/** Environment variables of terminals that show links. */
const linkingTerminals: readonly [name: string, value: RegExp][] = [
	['TERM_PROGRAM', /^(iTerm\.app|WezTerm|vscode|ghostty|Hyper|Tabby)$/],
	['TERM', /^(xterm-kitty|xterm-ghostty|alacritty|foot)/],
	['WT_SESSION', /./],
	// 5000 crashes on links, and older versions do not show them.
	['VTE_VERSION', /^(500[1-9]|50[1-9]\d|5[1-9]\d\d|[6-9]\d{3}|\d{5,})$/],
];

/** `FORCE_HYPERLINK` decides. Otherwise only terminals known to show links do, and none inside tmux. */
export function showsLinks(stream: NodeJS.WriteStream, env: Env): boolean {
	const forced = env.FORCE_HYPERLINK;
	if (forced !== undefined) return forced !== '0' && forced !== 'false';
	if (!stream.isTTY || env.CI || env.TMUX || env.STY || env.TERM === 'dumb') return false;
	return linkingTerminals.some(([name, value]) => value.test(env[name] ?? ''));
}

/** A piece of text for people: without controls, optionally coloured or a link. */
export interface Cell {
	text: string;
	colour?: Colour | undefined;
	/** URL that the text links to. */
	link?: string | undefined;
	/** URLs that the words of the text link to, one each. */
	links?: readonly string[] | undefined;
	/** Shorter text for when space is limited. */
	brief?: string | undefined;
}

/**
 * Formats a cell for a view with or without colour and links.
 * @param text the text, when it was cut or padded to a width
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
