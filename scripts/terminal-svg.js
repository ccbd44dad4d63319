/* Draws what a program wrote to a terminal as an SVG: text, colours, links, and lines that were written over. */

const cell = {width: 8.4, height: 19};
const margin = 16;
const palette = {
	background: '#15181e',
	text: '#d7dae0',
	31: '#f0757f',
	32: '#8fce7e',
	33: '#e6c275',
	34: '#74b2f5',
	35: '#cf8ff0',
	36: '#6fc9cf',
	90: '#868c98',
};

/** A sequence of control, or one character. */
const token = /\u001B\[([\d;?]*)([A-Za-z])|\u001B\]8;[^;]*;([^\u0007\u001B]*)(?:\u0007|\u001B\\)|([\s\S])/gu;

/** @returns the lines of the screen, each a list of `{text, bold, dim, colour, link}` for one cell */
export function screenOf(written) {
	const lines = [[]];
	let [row, column, style, link] = [0, 0, {}, ''];
	const moves = {
		A: (count) => {
			row = Math.max(0, row - (count || 1));
		},
		B: (count) => {
			row += count || 1;
		},
		G: (count) => {
			column = (count || 1) - 1;
		},
		K: (what) => lines[row]?.splice(what === 2 ? 0 : column),
		J: () => {
			lines[row]?.splice(column);
			lines.splice(row + 1);
		},
		m: (...codes) => {
			for (const code of codes) {
				if (!code) style = {};
				else if (code === 1) style = {...style, bold: true};
				else if (code === 2) style = {...style, dim: true};
				else if (code === 22) style = {...style, bold: false, dim: false};
				else if (code === 39) style = {...style, colour: undefined};
				else if (palette[code]) style = {...style, colour: palette[code]};
			}
		},
	};
	for (const [, values, move, address, character] of written.matchAll(token)) {
		if (move !== undefined) moves[move]?.(...values.split(';').map(Number));
		else if (address !== undefined) link = address;
		else if (character === '\r') column = 0;
		else if (character === '\n') [row, column] = [row + 1, 0];
		else {
			while (lines.length <= row) lines.push([]);
			while (lines[row].length < column) lines[row].push({text: ' '});
			lines[row][column++] = {text: character, ...style, link};
		}
	}
	while (lines.at(-1)?.length === 0) lines.pop();
	return lines;
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const sameLook = (a, b) => ['bold', 'dim', 'colour', 'link'].every((key) => a[key] === b[key]);

/** The cells of a line, those that look alike together. */
function spans(line) {
	const found = [];
	for (const [column, one] of line.entries()) {
		const last = found.at(-1);
		if (last && sameLook(last, one)) last.text += one.text;
		else found.push({...one, column});
	}
	return found.filter(({text}) => text.trim() !== '');
}

function spanOf({text, column, bold, dim, colour, link}, y) {
	const looks = [
		`fill="${colour ?? palette.text}"`,
		bold && 'font-weight="bold"',
		dim && 'opacity="0.65"',
		link && 'text-decoration="underline"',
	];
	const x = (margin + column * cell.width).toFixed(1);
	const length = `textLength="${(text.length * cell.width).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
	return `<text x="${x}" y="${y}" ${length} ${looks.filter(Boolean).join(' ')}>${escaped(text)}</text>`;
}

/** @param title what the picture shows, for those who do not see it */
export function toSvg(written, title) {
	const lines = screenOf(written);
	const width = Math.ceil(2 * margin + cell.width * Math.max(...lines.map((line) => line.length)));
	const height = 2 * margin + cell.height * lines.length;
	const texts = lines.flatMap((line, index) => {
		const y = margin + cell.height * index + 14;
		return spans(line).map((span) => spanOf(span, y));
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" rx="8" fill="${palette.background}"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">
${texts.join('\n')}
</g>
</svg>
`;
}
