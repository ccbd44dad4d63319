import {describe, expect, test} from 'vitest';
import {isInformational, readFileHead} from '../../../src/lib/net/file-head.js';

const head = (...lines: string[]) => `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

test('a usual head is read', () => {
	const lines = ['Server: x', 'CONTENT-LENGTH: 12 ', 'ETag:\t"a:b"', 'Accept-Ranges: bytes', 'X-Empty:'];
	expect(readFileHead(head(...lines))).toEqual({
		status: 200,
		length: 12,
		keepMs: 5000,
		headers: {'content-length': '12', etag: '"a:b"', 'accept-ranges': 'bytes'},
	});
	expect(readFileHead('HTTP/1.1 206 \r\nContent-Length: 1\r\n\r\n')).toMatchObject({status: 206});
});

test('a body in chunks has no length yet', () => {
	expect(readFileHead(head('Transfer-Encoding: Chunked', 'ETag: "a"'))).toMatchObject({
		length: undefined,
		keepMs: 5000,
	});
});

test.each([
	['Connection: close', 0],
	['Connection: Keep-Alive, Close', 0],
	['Connection: keep-alive', 5000],
	['Keep-Alive: timeout=3, max=100', 2000],
	['Keep-Alive: timeout=0', 0],
	['Keep-Alive: timeout=600', 5000],
])('%j lets the connection be kept for %i ms', (line, keepMs) => {
	expect(readFileHead(head('Content-Length: 1', line))).toMatchObject({keepMs});
});

describe('is left to Node', () => {
	test.each([
		['no length', head('ETag: "a"')],
		['an empty body', head('Content-Length: 0')],
		['a length that is no number', head('Content-Length: 1e3')],
		['a length with a sign', head('Content-Length: +5')],
		['a huge length', head('Content-Length: 1234567890123456')],
		['two lengths', head('Content-Length: 5', 'content-length: 5')],
		['a length and chunks', head('Content-Length: 5', 'Transfer-Encoding: chunked')],
		['chunks of something else', head('Transfer-Encoding: gzip, chunked')],
		['chunks twice', head('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
		['a part in chunks', head('Transfer-Encoding: chunked').replace('200 OK', '206 Partial Content')],
		['two ETags', head('Content-Length: 5', 'ETag: "a"', 'ETag: "b"')],
		['a space before a colon', head('Content-Length : 5')],
		['a line that continues', head('Content-Length: 5', ' 0')],
		['a line without a colon', head('Content-Length: 5', 'nonsense')],
		['an empty name', head('Content-Length: 5', ': x')],
		['a stray line feed', head('Content-Length: 5', 'X: a\nTransfer-Encoding: chunked')],
		['a stray carriage return', head('Content-Length: 5', 'X: a\rTransfer-Encoding: chunked')],
		['a NUL', head('Content-Length: 5', 'X: a\0')],
		['an older version', head('Content-Length: 5').replace('1.1', '1.0')],
		['a refusal', head('Content-Length: 5').replace('200 OK', '403 Forbidden')],
		['a longer status', head('Content-Length: 5').replace('200', '2000')],
		['a head that does not end', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n'],
		['nothing', ''],
	])('a head with %s', (_, text) => expect(readFileHead(text)).toBeUndefined());
});

test.each([
	['HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', true],
	['HTTP/1.1 100\r\n\r\n', true],
	['HTTP/1.1 101 Switching Protocols\r\n\r\n', false],
	['HTTP/1.1 103 x\r\n y\r\n\r\n', false],
	['HTTP/1.1 200 OK\r\n\r\n', false],
])('%j announces that the response is yet to come: %s', (text, isSo) =>
	expect(isInformational(text)).toBe(isSo),
);
