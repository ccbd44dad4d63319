/**
 * Joins pieces into lines, as many per line as fit. A piece longer than a line gets its own.
 * @param room columns of a line
 */
export function fill(pieces: readonly string[], room: number): string[] {
	const lines: string[] = [];
	for (const piece of pieces) {
		const longer = `${lines.at(-1)} ${piece}`;
		if (lines.length > 0 && longer.length <= room) lines[lines.length - 1] = longer;
		else lines.push(piece);
	}
	return lines;
}

/** Splits a command line into pieces that must not be broken: quoted words, and flags with their values. */
function piecesOf(line: string): string[] {
	const words = line.match(/(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'\\])+/g) ?? [];
	const pieces: string[] = [];
	for (const word of words) {
		const before = pieces.at(-1) ?? '';
		const isValue = /^--?\w[\w-]*$/.test(before) && /^[^-|>]/.test(word);
		if (isValue) pieces[pieces.length - 1] = `${before} ${word}`;
		else pieces.push(word);
	}
	return pieces;
}

/** Breaks a command line for a shell outside of quotes, so that it can be copied as it is. */
export function breakCommand(line: string, room: number): string {
	if (line.length <= room) return line;
	// Later lines are indented by four, and all but the last end with a space and a backslash.
	return fill(piecesOf(line), room - 6).join(' \\\n    ');
}
