import {expect, test} from 'vitest';
import {pathBelow} from '../../../src/lib/account/any-endpoint.js';
import {readFields} from '../../../src/lib/account/fields.js';

const file = async (name: string) => `text of ${name}`;

test('-F means what it looks like, -f is text', async () => {
	const typed = ['a=true', 'b=null', 'c=-1.5', 'd=9007199254740993', 'e=007', 'f=x=y', 'g=@body.txt', 'h='];
	expect(await readFields(typed, ['i=true', 'j=@x'], file)).toEqual({
		...{a: true, b: null, c: -1.5, d: 9007199254740993n, e: '007', f: 'x=y', g: 'text of body.txt', h: ''},
		...{i: 'true', j: '@x'},
	});
	await expect(readFields(['novalue'], [], file)).rejects.toMatchObject({code: 'invalid_argument'});
	await expect(readFields([], ['=x'], file)).rejects.toMatchObject({code: 'invalid_argument'});
});

const base = new URL('https://kling.invalid/proxy');

test.each([
	['/v1/a?b=c', '/v1/a?b=c'],
	['v1/a', '/v1/a'],
	['https://kling.invalid/proxy/v1/a', '/v1/a'],
	['/tasks/1..2', '/tasks/1..2'],
])('%s is the path %s', (given, path) => {
	expect(pathBelow(base, given)).toBe(path);
});

test.each([
	'https://evil.invalid/proxy/v1/a',
	'https://kling.invalid:444/proxy/v1/a',
	'https://kling.invalid/proxyother',
	'http://kling.invalid/proxy/a',
	'/../admin',
	'/v1/%2e%2E/admin',
	'..',
	'/v1\\..\\x',
	'/a b',
])('%s gets no token', (given) => {
	expect(() => pathBelow(base, given)).toThrow(expect.objectContaining({code: 'invalid_argument'}));
});
