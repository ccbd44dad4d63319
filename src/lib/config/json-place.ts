import type {Node, ParseError} from 'jsonc-parser';

/** A place in a text, both counted from 1. */
interface Place {
	line: number;
	column: number;
}

/**
 * Where a text stops being JSON. Node says this of some errors only, and of others shows the text around it, which may be a secret.
 */
export async function placeOfJsonError(text: string): Promise<Place> {
	const {parse} = await import('jsonc-parser');
	const errors: ParseError[] = [];
	parse(text, errors, {disallowComments: true});
	return placeAt(text, errors[0]?.offset ?? text.length);
}

/**
 * Where a value of a JSON text begins.
 * @param text that is JSON
 * @param path the names and indices that lead to the value; of names that come twice the last counts, as for JSON.parse
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
