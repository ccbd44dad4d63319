import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {secretsOf} from '../../../src/lib/config/credentials.js';
import {createRedactor} from '../../../src/lib/output/redact.js';

/** What this process must never show. */
const {text: redact, document: redactDocument} = createRedactor(
	secretsOf({
		KLING_SECRET_KEY: 'sEcret/key+1234',
		KLING_API_KEY: 'short',
		HTTPS_PROXY: 'http://me:p%40ssw0rd!@proxy:3128',
	}),
);

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a secret of the environment is hidden', () => {
	test.each([
		['as it is', 'key=sEcret/key+1234;'],
		['in a URL', 'x?k=sEcret%2Fkey%2B1234'],
		['in Base64', base64('sEcret/key+1234')],
		['the password of a proxy', 'pass p@ssw0rd!'],
		['as it is written there', 'pass p%40ssw0rd!'],
		['as it is sent', base64('me:p@ssw0rd!')],
	])('%s', (_, text) => {
		expect(redact(text)).toContain('[hidden]');
		expect(redact(text)).not.toMatch(/sEcret|p@ss|p%40ss/);
		expect(redact(text)).not.toContain(text);
	});

	test('wherever it occurs', () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (before, after) => {
				expect(redact(`${before}sEcret/key+1234${after}`)).not.toContain('sEcret/key+1234');
			}),
		);
	});

	test('but not if it is too short to be told from a word', () => {
		expect(redact('a short film')).toBe('a short film');
	});
});

describe('what looks like a secret is hidden', () => {
	const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhayJ9.c2lnbmF0dXJl';
	test.each([
		[`token ${jwt}!`, 'token [hidden]!'],
		['Bearer abcdef123456789', 'Bearer [hidden]'],
		["authorization: 'Bearer abc.def'", "authorization: 'Bearer [hidden]'"],
		['Proxy-Authorization: Basic dTpw', 'Proxy-Authorization: Basic [hidden]'],
		['via http://me:secret@proxy:1/', 'via http://[hidden]@proxy:1/'],
		['https://cdn.invalid/a.mp4?Expires=1&Signature=abc, gone', 'https://cdn.invalid/a.mp4?[hidden] gone'],
		['GET /a.mp4?X-Amz-Signature=abc&b=1', 'GET /a.mp4?X-Amz-Signature=[hidden]&b=1'],
		['/k.mp4?x-kcdn-pid=7&ksSecret=abc', '/k.mp4?x-kcdn-pid=[hidden]&ksSecret=[hidden]'],
	])('%s', (text, safe) => {
		expect(redact(text)).toBe(safe);
	});

	test.each([
		'a torch bearer in the rain',
		'a basic composition with authorization',
		'https://kling.ai/dev/api-key',
		'900000000000000101',
		'kling video wait 900000000000000101 --type create',
		'what? yes',
		'eyJ is how a token begins',
	])('and nothing else: %s', (text) => {
		expect(redact(text)).toBe(text);
	});

	test('quickly, whatever a server sends', () => {
		for (const part of ['eyJ', 'eyJ.', 'http://', 'https://a:', 'Bearer ', '?sig=', '&a', 'authorization:']) {
			expect(redact(part.repeat(1_000_000 / part.length)).length).toBeGreaterThan(0);
		}
	});
});

const url = 'https://cdn.invalid/a.mp4?Signature=abc';
const withoutQuery = 'https://cdn.invalid/a.mp4?[hidden]';

test('a document keeps its shape, and the keys that the user asked for', () => {
	const document = {success: true, secret_key: 'sEcret/key+1234', hint: 'sEcret/key+1234', none: null, n: 1};
	expect(redactDocument(document)).toEqual({...document, hint: '[hidden]'});
});

describe('the links of a task, which the user asked for, are shown', () => {
	test('in the document of the task and in lists, whatever a plugin calls them', () => {
		const task = {task_id: '1', video_url: url, image_urls: [url, url], layers: [{link: url}], cover: url};
		for (const document of [
			{success: true, ...task},
			{success: true, tasks: [task]},
			{...task, data: task},
		]) {
			expect(redactDocument(document)).toEqual(document);
		}
	});

	test('but not other links, nor links within a text', () => {
		const told = {task_id: '1', message: url, prompt: url, callback_url: url, hint: url};
		const safe = redactDocument({
			video_url: url,
			error: {...told, cause: {task_id: '1', detail: url}},
			tasks: [{...told, note: `see ${url}`}],
			body: {task_id: '1', image: url, image_list: [{image_url: url}]},
		});
		expect(JSON.stringify(safe)).not.toContain('abc');
		expect(safe).toMatchObject({video_url: withoutQuery, tasks: [{note: `see ${withoutQuery}`}]});
	});

	test.each([
		'https://me:secret@cdn.invalid/a',
		'socks5://me:secret@cdn.invalid',
		'https://cdn.invalid/a?k=sEcret%2Fkey%2B1234',
		'Bearer abcdef123456789',
	])('nor anything but a plain link: %s', (text) => {
		expect(JSON.stringify(redactDocument({task_id: '1', cover: text}))).toContain('[hidden]');
	});
});
