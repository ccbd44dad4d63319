import type {ErrorCode} from '../../lib/errors/error-table.js';

/** What is known about a flag beyond oclif's definition. */
export interface FlagFacts {
	/** The error code for a missing or invalid value. */
	code?: ErrorCode;
	/** JSON Schema of the value, for tools and manifests. Undefined for plain text. */
	schema?: object;
}

/** Attaches facts about its values to a parser. */
export const withFacts = <T extends object>(parse: T, facts: FlagFacts): T & FlagFacts =>
	Object.assign(parse, facts);

/** Attaches an error code to a flag or argument whose parser has none. */
export const withErrorCode = <T extends object>(code: ErrorCode, definition: T): T =>
	withFacts(definition, {code});

/** The facts attached to a flag or to its parser. */
export function factsOf(flag: {parse?: unknown}): FlagFacts {
	const {code, schema}: FlagFacts = {...((flag.parse ?? {}) as FlagFacts), ...(flag as FlagFacts)};
	return {...(code && {code}), ...(schema && {schema})};
}
