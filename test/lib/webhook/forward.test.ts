import {expect, test} from 'vitest';
import {forwardAddress, forwardedHeaders} from '../../../src/lib/webhook/forward.js';

test.each([
	['http://127.0.0.1:3000', '/', 'http://127.0.0.1:3000/'],
	['http://127.0.0.1:3000/hook', '/', 'http://127.0.0.1:3000/hook'],
	['http://127.0.0.1:3000/hook/', '/kling', 'http://127.0.0.1:3000/hook/kling'],
	['http://127.0.0.1:3000', '/a?b=1&c=%2F', 'http://127.0.0.1:3000/a?b=1&c=%2F'],
	['http://127.0.0.1:3000/?key=x', '/a?b=1?2', 'http://127.0.0.1:3000/a?key=x&b=1?2'],
	['http://127.0.0.1:3000', '//evil.example/a', 'http://127.0.0.1:3000//evil.example/a'],
	['http://127.0.0.1:3000', '/\\evil.example/a', 'http://127.0.0.1:3000//evil.example/a'],
	['http://127.0.0.1:3000', 'http://evil.example/a', 'http://127.0.0.1:3000/http://evil.example/a'],
])('%s gets %s at %s', (to, path, expected) => {
	expect(forwardAddress(new URL(to), path).href).toBe(expected);
});

test('headers of the connection stay behind', () => {
	const own = {'webhook-id': '7', 'content-type': 'application/json', 'user-agent': 'x'};
	const others = {
		host: 'a',
		connection: 'close',
		'content-length': '2',
		'transfer-encoding': 'chunked',
		'proxy-a': 'b',
	};
	expect(forwardedHeaders({...own, ...others})).toEqual(own);
});
