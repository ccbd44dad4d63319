type Env = Readonly<Record<string, string | undefined>>;

const escapeCharacter = '\u001B';
const bell = '\u0007';

/** Terminals that show a notification for OSC 9. */
const showsOsc9 = ({TERM_PROGRAM: program = '', TERM: term = ''}: Env) =>
	/^(iTerm\.app|WezTerm|ghostty)$/.test(program) || /^xterm-(kitty|ghostty)/.test(term);

/** Terminals that show one for OSC 777. */
const showsOsc777 = ({TERM: term = '', VTE_VERSION: vte}: Env) =>
	/^(foot|rxvt)/.test(term) || vte !== undefined;

/**
 * The text that makes a terminal announce the end of something: as a notification if it shows them,
 * otherwise with its bell.
 * @param text without control characters
 */
export function notification(title: string, text: string, env: Env): string {
	const plain = (words: string) => words.replaceAll(/[\u0000-\u001F\u007F-\u009F;]/g, ' ');
	// tmux and screen swallow such sequences, but pass the bell on.
	if (env.TMUX || env.STY) return bell;
	if (showsOsc9(env)) return `${escapeCharacter}]9;${plain(`${title}: ${text}`)}${bell}`;
	if (showsOsc777(env)) return `${escapeCharacter}]777;notify;${plain(title)};${plain(text)}${bell}`;
	return bell;
}
