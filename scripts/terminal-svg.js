/* Draws what a program wrote to a terminal as an SVG: text, colours, links, and lines that were overwritten. */
import stringWidth from 'string-width';

export const cell = {width: 8.4, height: 19};
export const margin = 16;
/** Colours for a light and a dark page, by terminal code. */
const palette = {
	background: ['#f6f7f9', '#15181e'],
	text: ['#24292f', '#d7dae0'],
	31: ['#b3261e', '#f0757f'],
	32: ['#1a7f37', '#8fce7e'],
	33: ['#8a5a00', '#e6c275'],
	34: ['#0a5cad', '#74b2f5'],
	35: ['#7b3aa8', '#cf8ff0'],
	36: ['#0f6f78', '#6fc9cf'],
	90: ['#59616b', '#868c98'],
};

/** A control sequence, or one character. */
const token = /\u001B\[([\d;?]*)([A-Za-z])|\u001B\]8;[^;]*;([^\u0007\u001B]*)(?:\u0007|\u001B\\)|([\s\S])/gu;

/** @returns the lines of the screen, each a list of `{text, bold, dim, colour, link}`, one for each column */
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
				else if (palette[code]) style = {...style, colour: code};
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
			// A wide character fills two columns.
			if (stringWidth(character) === 2) lines[row][column++] = {text: ''};
		}
	}
	while (lines.at(-1)?.length === 0) lines.pop();
	return lines;
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const sameLook = (a, b) => ['bold', 'dim', 'colour', 'link'].every((key) => a[key] === b[key]);

/** The words of a line: neighbouring cells that look alike, up to the next space. */
export function wordsOf(line) {
	const words = [];
	for (const [column, one] of line.entries()) {
		const last = words.at(-1);
		if (one.text.trim() === '') {
			// The second half of a wide character does not end a word.
			if (one.text === ' ') words.push(undefined);
		} else if (last && sameLook(last, one)) {
			last.text += one.text;
			last.columns.push(column);
		} else words.push({...one, columns: [column]});
	}
	return words.filter(Boolean);
}

const place = (column) => Number((margin + column * cell.width).toFixed(1));

/** Each character has its own position, so that neither spaces nor the width of a font move anything. */
function wordElement({text, columns, bold, dim, colour, link}, y) {
	const looks = [bold && 'bold', dim && 'dim', link && 'link', colour && `c${colour}`].filter(Boolean);
	const named = looks.length > 0 ? ` class="${looks.join(' ')}"` : '';
	return `<text x="${columns.map(place).join(' ')}" y="${y}"${named}>${escaped(text)}</text>`;
}

/** The style rules of one of the two themes. */
function colours(look) {
	const fills = Object.keys(palette)
		.filter((code) => Number(code))
		.map((code) => `.c${code}{fill:${palette[code][look]}}`);
	return `rect{fill:${palette.background[look]}}text{fill:${palette.text[look]}}${fills.join('')}`;
}

const style = `text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}
.bold{font-weight:bold}.dim{opacity:.65}.link{text-decoration:underline}
${colours(1)}
@media(prefers-color-scheme:light){${colours(0)}}`;

/** @param title what the picture shows, for people who do not see it */
export function toSvg(written, title) {
	const lines = screenOf(written);
	const width = Math.ceil(2 * margin + cell.width * Math.max(...lines.map((line) => line.length)));
	const height = 2 * margin + cell.height * lines.length;
	const texts = lines.flatMap((line, index) =>
		wordsOf(line).map((word) => wordElement(word, margin + cell.height * index + 14)),
	);
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<style>
${style}
</style>
<rect width="100%" height="100%" rx="8"/>
${texts.join('\n')}
</svg>
`;
}
