type Schema = Readonly<Record<string, unknown>>;

/** Larger enums become plain text: every client pays for each word of a schema. */
const maxValues = 12;

/**
 * The schema of a command's documents in a form that clients of all protocol versions accept: only success,
 * without descriptions.
 * @param schema as in the repository
 */
export function outputSchema(schema: object): object {
	const {anyOf, ...rest} = lean(schema) as {anyOf?: Schema[]};
	if (anyOf === undefined) return {type: 'object', ...rest};
	const successes = anyOf.filter((one) => !isFailure(one));
	return {type: 'object', ...rest, ...(successes.length === 1 ? successes[0] : {anyOf: successes})};
}

function isFailure({properties = {}}: {properties?: Record<string, Schema>}): boolean {
	return properties.success?.const === false;
}

/** A copy without the parts that only people read. */
function lean(value: unknown, isNames = false): unknown {
	if (Array.isArray(value)) return value.map((one) => lean(one));
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
		if (!isNames && ['$schema', 'title', 'description'].includes(name)) return [];
		if (!isNames && name === 'enum' && Array.isArray(inner) && inner.length > maxValues) return [];
		return [[name, lean(inner, !isNames && name === 'properties')]];
	});
	return Object.fromEntries(entries);
}
