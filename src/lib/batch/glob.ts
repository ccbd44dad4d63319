/** Tests names against a pattern: `*` stands for any characters, `?` for one. */
export function glob(pattern: string): (name: string) => boolean {
	const source = [...pattern]
		.map(
			(character) =>
				({'*': '.*', '?': '.'})[character] ?? character.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
		)
		.join('');
	const expression = new RegExp(`^${source}$`, 'su');
	return (name) => expression.test(name);
}
