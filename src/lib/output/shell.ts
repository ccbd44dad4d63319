/** Joins words into a command line, quoted for sh and PowerShell. */
export function commandLine(words: readonly string[]): string {
	return words.map(quoted).join(' ');
}

function quoted(word: string): string {
	return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A path in a form that no program takes for a flag. */
export function pathWord(path: string): string {
	return path.startsWith('-') ? `./${path}` : path;
}
