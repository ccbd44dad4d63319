/** A command line of these words, as a shell (sh or PowerShell) takes it. */
export function commandLine(words: readonly string[]): string {
	return words.map(quoted).join(' ');
}

function quoted(word: string): string {
	return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A path that no program takes for a flag. */
export function pathWord(path: string): string {
	return path.startsWith('-') ? `./${path}` : path;
}
