import type {TaskRequests} from '../../lib/task-types/index.js';
import {requestTypes} from '../requests/index.js';
import {inputSchema} from '../requests/input-schema.js';
import {firstColumnsOf, firstColumnTexts} from './first-columns.js';

/** Any value may be a template, whatever the flag accepts. */
const template = {type: 'string', pattern: '\\{[^{}]+\\}'};

/** One text or several. */
const texts = {anyOf: [{type: 'string'}, {type: 'array', items: {type: 'string'}}]};

/** The columns that are not flags of any command. */
const ownProperties = {
	id: {
		type: ['string', 'number'],
		description: 'name of the shot; files and tasks are named after it, so keep it',
	},
	type: {enum: requestTypes, default: 'create', description: 'the command that makes it'},
	takes: {
		type: 'integer',
		minimum: 1,
		maximum: 100,
		default: 1,
		description: 'how many variants to make',
	},
	file: {
		type: 'string',
		description: 'its file, relative to the list; may hold {id} {take} {ext} and variables',
	},
	tags: {
		description: 'key=value, for reports',
		anyOf: [
			{type: 'string'},
			{type: 'array', items: {type: 'string'}},
			{type: 'object', additionalProperties: {type: ['string', 'number', 'boolean']}},
		],
	},
	needs: {
		description: 'ids of shots that must have succeeded first',
		anyOf: [{type: 'string'}, {type: 'array', items: {type: 'string'}}],
	},
};

/** The values that a shot of a type can have, named like the flags on a command line and in JSON. */
function propertiesOf(type: keyof TaskRequests): Record<string, object> {
	const {properties} = inputSchema(type);
	const first = firstColumnsOf(type).map((name) => [name, {...texts, description: firstColumnTexts[name]}]);
	return Object.fromEntries([
		...first,
		...Object.entries(properties).flatMap(([name, schema]) => {
			const {description, ...rule} = schema as {description?: string};
			const value = {description, anyOf: [rule, template]};
			const flag = name.replaceAll('_', '-');
			return flag === name
				? [[name, value]]
				: [
						[flag, value],
						[name, value],
					];
		}),
	]);
}

const values = (properties: Record<string, object>) => ({
	type: 'object',
	properties,
	// Users' own columns: notes, and values for {name}.
	patternProperties: {'^_': {}},
	additionalProperties: false,
});

/** The JSON Schema of a YAML or JSON manifest, generated from the definitions of the commands' flags. */
export function manifestSchema(): object {
	const all = Object.assign({}, ...requestTypes.map(propertiesOf)) as Record<string, object>;
	const shots = requestTypes.map((type) => {
		const isType = {properties: {type: {const: type}}, ...(type !== 'create' && {required: ['type']})};
		const shot = values({...ownProperties, ...propertiesOf(type)});
		// Built from entries, because an object literal with the JSON Schema keyword `then` would look like a
		// promise.
		return Object.fromEntries([
			['if', isType],
			['then', shot],
		]);
	});
	return {
		$schema: 'https://json-schema.org/draft/2020-12/schema',
		title: 'A list of shots for kling batch',
		type: 'object',
		required: ['shots'],
		additionalProperties: false,
		properties: {
			name: {
				type: 'string',
				description: 'name of the batch, by which its tasks are found again; default: the name of the file',
			},
			vars: {
				type: 'object',
				additionalProperties: {type: ['string', 'number', 'boolean']},
				description: 'values for {name} in any value',
			},
			defaults: {
				...values({...ownProperties, ...all}),
				description: 'values for every shot that does not set its own',
			},
			shots: {type: 'array', minItems: 1, items: {type: 'object', allOf: shots}},
		},
	};
}
