import type {Node, ParseError} from 'jsonc-parser';

/** A position in a text; both numbers count from 1. */
interface Place {
	line: number;
	column: number;
}

/**
 * The position of a JSON syntax error. Node reports it for only some errors, and for others quotes the text
 * around it, which may be a secret.
 */
export async function placeOfJsonError(text: string): Promise<Place> {
	const {parse} = await import('jsonc-parser');
	const errors: ParseError[] = [];
	parse(text, errors, {disallowComments: true});
	return placeAt(text, errors[0]?.offset ?? text.length);
}

/**
 * The position of a value in a JSON text.
 * @param text valid JSON
 * @param path the keys and indices that lead to the value. Of duplicate keys the last one counts, as in
 * JSON.parse.
 */
export async function placeOfJsonValue(text: string, path: readonly string[]): Promise<Place> {
	const {parseTree} = await import('jsonc-parser');
	const node = path.reduce(childAt, parseTree(text));
	return placeAt(text, node?.offset ?? 0);
}

function childAt(node: Node | undefined, part: string): Node | undefined {
	if (node?.type === 'array') return node.children?.[Number(part)];
	return node?.children?.findLast(({children}) => children?.[0]?.value === part)?.children?.[1];
}

function placeAt(text: string, offset: number): Place {
	const before = text.slice(0, offset).split('\n');
	return {line: before.length, column: (before.at(-1)?.length ?? 0) + 1};
}
