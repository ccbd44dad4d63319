import {expect, test} from 'vitest';
import {readFields} from '../../../src/lib/account/fields.js';
import {pathBelow} from '../../../src/lib/account/raw-requests.js';

const file = async (name: string) => `text of ${name}`;

test('-F converts values, -f keeps them as text', async () => {
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
	['/tasks/%E6%97%A5%2F100%', '/tasks/%E6%97%A5%2F100%'],
	['/tasks?next=/../x', '/tasks?next=/../x'],
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
	'/..%2fadmin',
	'/v1/..%2Fadmin?x=1',
	'/v1/%2e%2e%2fadmin',
	'/v1/%252e%252e/admin',
	'/v1/%25252e%25252e%25252fadmin',
	'/v1/..%5cadmin',
	'/v1%2f..%2fadmin',
	'/v1/..;/admin',
	'/v1/..%3bx/admin',
	'/v1/..%00/admin',
	'/v1/..%20/admin',
	'/v1/%c0%ae%c0%ae/admin',
	'/v1/%e0%80%ae%e0%80%ae/admin',
	'/v1/%u002e%u002e/admin',
	'/v1/.%09./admin',
	'/v1/%ef%bc%8e%ef%bc%8e/admin',
	'https://kling.invalid/proxy/..%2fadmin',
	'/a b',
])('%s never gets the token', (given) => {
	expect(() => pathBelow(base, given)).toThrow(expect.objectContaining({code: 'invalid_argument'}));
});
