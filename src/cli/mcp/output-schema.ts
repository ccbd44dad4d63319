type Schema = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Schema>>;
type Document = {properties?: Properties};

/** Clients that drop fields that are not listed must keep those of an error. */
const anyObject = {type: 'object', additionalProperties: true};

/** How deep fields are listed: those of a document, and those of its rows. */
const maxLevels = 2;

/**
 * The schema of a tool's results, from that of its command's documents. Widespread clients check errors against it too, and
 * show nothing of a result that does not match. So it describes successes and failures as one object, without alternatives, which not all
 * clients understand. It only names fields and their types, because each client receives the schemas of all tools at the start:
 * `kling schema` has the exact ones.
 * @param schema as in the repository; the first of its successes is the one that a tool returns, others are those of a dry run or of several ids
 */
export function outputSchema(schema: object): object {
	const {anyOf = [schema]} = schema as {anyOf?: Document[]};

	const document = anyOf.find(({properties}: Document) => properties?.success?.const !== false) as
		| Document
		| undefined;
	return {
		type: 'object',
		properties: {
			...fieldsOf(document?.properties ?? {}, 1),
			success: {type: 'boolean'},
			error: anyObject,
		},
		required: ['success'],
	};
}

const fieldsOf = (properties: Properties, level: number): Properties =>
	Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, typeOf(property, level)]));

function typeOf({type, properties, items}: Schema, level: number): Schema {
	// Values of several kinds have no type in common.
	if (typeof type !== 'string') return {};
	if (type === 'array') return items ? {type, items: typeOf(items as Schema, level)} : {type};
	if (type !== 'object') return {type};
	return properties && level < maxLevels
		? {type, properties: fieldsOf(properties as Properties, level + 1)}
		: anyObject;
}
