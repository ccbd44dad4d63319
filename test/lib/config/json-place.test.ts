import {expect, test} from 'vitest';
import {placeOfJsonError, placeOfJsonValue} from '../../../src/lib/config/json-place.js';

test.each([
	['', 1, 1],
	['{"a": 1,}', 1, 9],
	['{\n\t"a": 1\n\t"b": 2\n}', 3, 2],
	['{"a": [1, 2}', 1, 12],
	['{"a": tru}', 1, 7],
	['{"a" 1}', 1, 6],
	['{a: 1}', 1, 2],
	['[]]', 1, 3],
	['{"a": "unfinished', 1, 7],
	['{"a": 1', 1, 8],
	['{"a": 01}', 1, 8],
])('%j stops being JSON at line %i, column %i', async (text, line, column) => {
	expect(() => JSON.parse(text)).toThrow(SyntaxError);
	expect(await placeOfJsonError(text)).toEqual({line, column});
});

test.each([
	[['profiles', 'a', 'region'], 5, 14],
	[['profiles', 'a'], 5, 2],
	[['list', '1', 'b'], 6, 32],
	[['current'], 2, 13],
	[[], 1, 1],
])('in a JSON text, %j is at line %i, column %i', async (path, line, column) => {
	const text = `{
	"current": "profiles",
	"a": {"region": "other"},
	"profiles": {"a": {"region": "first"}, "a":
	{"region":  5, "say": "\\"region\\": {"}},
	"list": [{"b": [1, 2]}, {"b": {}}]
}`;
	expect(JSON.parse(text)).toBeInstanceOf(Object);
	expect(await placeOfJsonValue(text, path)).toEqual({line, column});
});
