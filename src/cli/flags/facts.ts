import type {ErrorCode} from '../../lib/errors/error-table.js';

/** What is known of a flag beside what oclif keeps. */
export interface FlagFacts {
	/** The code of the error when the value is missing or wrong. */
	code?: ErrorCode;
	/** JSON Schema of a value, for tools and tables; texts have none. */
	schema?: object;
}

/** A parser of values that says what the values are. */
export const withFacts = <T extends object>(parse: T, facts: FlagFacts): T & FlagFacts =>
	Object.assign(parse, facts);

/** A flag or argument with the code of its errors, where no parser has one. */
export const coded = <T extends object>(code: ErrorCode, definition: T): T => withFacts(definition, {code});

/** What a flag's definition says of it, itself or by its parser. */
export function factsOf(flag: {parse?: unknown}): FlagFacts {
	const {code, schema}: FlagFacts = {...((flag.parse ?? {}) as FlagFacts), ...(flag as FlagFacts)};
	return {...(code && {code}), ...(schema && {schema})};
}
