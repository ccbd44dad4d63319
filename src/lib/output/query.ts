import {KlingError} from '../errors/kling-error.js';

/** Selects or computes a value from a document. */
export type Query = (document: object) => unknown;

/**
 * Compiles a JMESPath expression in the dialect of aws, so that an invalid one is refused before anything is
 * sent.
 * @returns a function from document to result, which throws `invalid_query` when a JMESPath function meets a
 * value that it does not accept
 * @throws KlingError `invalid_query`
 */
export async function compileQuery(expression: string): Promise<Query> {
	const {compile, isRegistered, TreeInterpreter} = await import('@jmespath-community/jmespath');
	const refused = (error: unknown, details = {}) => {
		const reason = error instanceof Error ? error.message : String(error);
		return new KlingError('invalid_query', `--query '${expression}': ${reason}`, {cause: error, ...details});
	};
	try {
		// aws accepts `failed` for "failed".
		const tree = compile(expression, {enable_legacy_literals: true});
		const fault = faultIn(tree, isRegistered);
		if (fault !== undefined) throw new Error(fault);
		const [, field] = /[=!<>]=?\s*"([^"]*)"/.exec(expression) ?? [];
		if (field !== undefined) {
			const hint = `For the text write '${field}' in single quotes: --query "${expression.replaceAll('"', "'")}"`;
			throw refused(new Error(`"${field}" in double quotes is the name of a field`), {hint});
		}
		return (document) => {
			try {
				// Undefined values are missing, as in JSON printed without a query.
				const result = TreeInterpreter.search(tree, JSON.parse(JSON.stringify(document)));
				// A field such as `toString` finds what every object has.
				return JSON.parse(JSON.stringify(result ?? null) ?? 'null');
			} catch (error) {
				throw refused(error);
			}
		};
	} catch (error) {
		throw error instanceof KlingError ? error : refused(error, {hint: hintFor(expression)});
	}
}

/** The hint for an expression in another query language. */
function hintFor(expression: string): string | undefined {
	if (/^\s*\.\w/.test(expression)) {
		return `JMESPath begins without a dot: --query '${expression.trim().replace(/^\.+/, '')}'`;
	}
	const [, sign, number] = /([=!<>]=?)\s*(\d+(?:\.\d+)?)\b/.exec(expression) ?? [];
	if (number !== undefined) {
		return `JMESPath needs numbers in backticks, and texts in single quotes: ${sign}\`${number}\` or ${sign}'${number}'`;
	}
	return undefined;
}

/**
 * Finds errors that the parser accepts and aws refuses: functions that do not exist, and `=` where `==` was
 * meant, which would match everything. `=` is only valid in `let $name = expression in …`.
 */
function faultIn(node: unknown, isKnown: (name: string) => boolean, within?: string): string | undefined {
	if (typeof node !== 'object' || node === null) return undefined;
	const {type, name} = node as {type?: unknown; name?: unknown};
	if (type === 'Binding' && within !== 'LetExpression') return '= is not a comparison; write ==';
	if (type === 'Function' && typeof name === 'string' && !isKnown(name)) return `Unknown function: ${name}()`;
	for (const child of Object.values(node)) {
		// Lists of children belong to their parent.
		const fault = faultIn(child, isKnown, typeof type === 'string' ? type : within);
		if (fault !== undefined) return fault;
	}
	return undefined;
}
