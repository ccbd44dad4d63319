/** How a terminal displays pictures. */
export type ImageProtocol = 'kitty' | 'iterm';

type Environment = Readonly<Record<string, string | undefined>>;

/** The names of terminals, and the protocol that each supports. */
const programs: Readonly<Record<string, ImageProtocol>> = {
	ghostty: 'kitty',
	wezterm: 'iterm',
	'iterm.app': 'iterm',
	vscode: 'iterm',
};

/**
 * The protocol that the terminal is known to support, or undefined. Pictures do not get through tmux and
 * screen.
 */
export function imageProtocol(env: Environment): ImageProtocol | undefined {
	if (env.TMUX || /^(screen|tmux)/.test(env.TERM ?? '')) return undefined;
	if (env.KITTY_WINDOW_ID || env.TERM === 'xterm-kitty') return 'kitty';
	return programs[(env.TERM_PROGRAM ?? '').toLowerCase()];
}

/** Most characters per chunk in kitty's protocol. */
const pieceLength = 4096;

/** A PNG in kitty's protocol, scaled to this many columns. */
function kitty(png: Buffer, columns: number): string {
	const text = png.toString('base64');
	const pieces = text.match(new RegExp(`.{1,${pieceLength}}`, 'gs')) ?? [];
	return pieces
		.map((piece, index) => {
			const more = index < pieces.length - 1 ? 1 : 0;
			const first = index === 0 ? `a=T,f=100,c=${columns},` : '';
			return `\u001B_G${first}m=${more};${piece}\u001B\\`;
		})
		.join('');
}

/** A picture of any format in iTerm2's protocol. */
function iterm(picture: Buffer, columns: number): string {
	const about = `inline=1;size=${picture.length};width=${columns};preserveAspectRatio=1`;
	return `\u001B]1337;File=${about}:${picture.toString('base64')}\u0007`;
}

/** The escape sequence that shows a PNG in a terminal. */
export const imageSequence = (protocol: ImageProtocol, png: Buffer, columns: number): string =>
	`${{kitty, iterm}[protocol](png, columns)}\n`;
