/** A word, such as a path, as a shell takes it in one piece. */
export function shellWord(word: string): string {
	return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
