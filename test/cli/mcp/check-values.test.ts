import {expect, test} from 'vitest';
import {checkValues} from '../../../src/cli/mcp/check-values.js';
import type {InputSchema} from '../../../src/cli/requests/input-schema.js';

const schema: InputSchema = {
	type: 'object',
	properties: {
		limit: {type: 'integer', minimum: 1, maximum: 100},
		status: {type: 'string', enum: ['succeed', 'failed']},
		ids: {type: 'array', items: {type: 'string'}},
	},
	additionalProperties: false,
};

test('arguments that fit the schema pass, without the empty ones', () => {
	expect(checkValues({limit: 100, status: 'failed', ids: null}, schema)).toEqual({
		limit: 100,
		status: 'failed',
	});
});

test.each([
	[{limit: 500}, 'limit is not between 1 and 100'],
	[{limit: 0}, 'limit is not between 1 and 100'],
	[{limit: 1.5}, 'limit is not of type integer'],
	[{status: 'gone'}, 'status is not one of succeed, failed'],
	[{ids: [1]}, 'ids is not of type string'],
	[{limt: 1}, 'There is no argument limt'],
])('%j is refused', (args, message) => {
	expect(() => checkValues(args, schema)).toThrow(message);
});
