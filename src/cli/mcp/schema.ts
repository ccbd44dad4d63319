import type {StandardSchemaWithJSON} from '@modelcontextprotocol/server';

/**
 * A schema for clients to see. The values themselves are checked by the commands' definitions, whose errors
 * say what to do.
 */
export function schema<T>(json: object): StandardSchemaWithJSON<T, T> {
	const convert = () => ({...json});
	return {
		'~standard': {
			version: 1,
			vendor: 'kling',
			validate: (value) => ({value: (value ?? {}) as T}),
			jsonSchema: {input: convert, output: convert},
		},
	};
}
