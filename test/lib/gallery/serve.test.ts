import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import http from 'node:http';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type ServedGallery, serveGallery} from '../../../src/lib/gallery/serve.js';
import type {Take} from '../../../src/lib/gallery/takes.js';
import {systemClock} from '../../../src/lib/system/clock.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kling-gallery-'));
const clip = path.join(folder, 'fox.mp4');
const picksFile = path.join(folder, 'picks.json');
const parts = {script: '/* page */', style: '/* looks */'};
const hostile = '</script><script>alert(1)</script><img src=x onerror=alert(1)>\u2028\u202e';

let takes: Take[];
let gallery: ServedGallery;

beforeEach(async () => {
	writeFileSync(clip, 'bytes of a clip');
	rmSync(picksFile, {force: true});
	takes = [{id: 'a', shot: 's1', take: 1, kind: 'video', status: 'succeed', prompt: hostile, file: clip}];
	gallery = await serveGallery({
		title: hostile,
		picksFile,
		port: 0,
		parts,
		clock: systemClock,
		takes: async () => takes,
		refreshMs: 20,
		onNote: () => {},
	});
});

afterEach(() => gallery.close());

interface Answer {
	status: number;
	headers: http.IncomingHttpHeaders;
	body: string;
}

/** Asks the server for a path below its token, or for any path that begins with a slash. */
function ask(target: string, options: http.RequestOptions = {}, body?: string): Promise<Answer> {
	const url = new URL(target, gallery.url);
	return new Promise((resolve, reject) => {
		const request = http.request(url, options, async (response) => {
			let text = '';
			for await (const chunk of response) text += chunk;
			resolve({status: response.statusCode ?? 0, headers: response.headers, body: text});
		});
		request.on('error', reject).end(body);
	});
}

const post = (body: unknown, headers: Record<string, string> = {}) =>
	ask(
		'picks',
		{method: 'POST', headers: {'content-type': 'application/json', ...headers}},
		JSON.stringify(body),
	);

describe('the page', () => {
	test('contains texts as data, never as markup', async () => {
		const {status, body} = await ask('');
		expect(status).toBe(200);
		expect(body).not.toContain('<img src=x');
		expect(body.match(/<script/g)).toHaveLength(2);
		const data = JSON.parse(/id="data">(.*)<\/script>/.exec(body)?.[1] ?? '') as {items: {prompt: string}[]};
		expect(data.items[0]?.prompt).toBe(hostile);
	});

	test('may run its own code and reach its own server, and nothing else', async () => {
		const {headers} = await ask('');
		const policy = String(headers['content-security-policy']);
		expect(policy).toContain("default-src 'none'");
		expect(policy).toMatch(/script-src 'sha256-[^']+';/);
		expect(policy).toContain("connect-src 'self'");
		expect(policy).toContain("frame-ancestors 'none'");
		expect(policy).not.toMatch(/unsafe|https?:|\*/);
	});
});

describe('strangers get nothing', () => {
	test.each([
		['no token', '/', {}, 404],
		['a wrong token', '/AAAAAAAAAAAAAAAAAAAAAA/', {}, 404],
		['a name that was made to point here', '', {host: 'evil.example:80'}, 403],
		['a page of another site', '', {origin: 'https://evil.example'}, 403],
		['a request that the browser calls foreign', '', {'sec-fetch-site': 'cross-site'}, 403],
		['a page without an origin of its own', '', {origin: 'null'}, 403],
	])('%s', async (_, target, headers, status) => {
		expect(await ask(target, {headers})).toMatchObject({status, body: ''});
	});

	test.each(['//', '///', '//host/', '/%', '/\\', '*', '/?a', 'http://x/'])(
		'the target %s gets a response: not found',
		async (target) => {
			const {port} = new URL(gallery.url);
			const socket = connect(Number(port), '127.0.0.1');
			socket.end(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
			let text = '';
			for await (const chunk of socket) text += chunk;
			expect(text).toMatch(/^HTTP\/1\.1 404 /);
		},
	);

	test('picks of another site change nothing', async () => {
		const foreign = await post({changes: [{shot: 's1', pick: 1}]}, {origin: 'https://evil.example'});
		const form = await post({changes: [{shot: 's1', pick: 1}]}, {'content-type': 'text/plain'});
		expect([foreign.status, form.status]).toEqual([403, 415]);
		expect(() => readFileSync(picksFile)).toThrow(/ENOENT/);
	});

	test.each([
		'media/1',
		'media/-1',
		'media/../picks.json',
		'media/%2e%2e%2fpicks.json',
		`media/${encodeURIComponent('/etc/passwd')}`,
		'picks.json',
	])('%s is not served', async (target) => {
		expect((await ask(target)).status).toBe(404);
	});
});

describe('media', () => {
	test('are sent whole or in ranges', async () => {
		expect(await ask('media/0')).toMatchObject({status: 200, body: 'bytes of a clip'});
		const part = await ask('media/0', {headers: {range: 'bytes=9-10'}});
		expect(part).toMatchObject({status: 206, body: 'a '});
		expect(part.headers['content-range']).toBe('bytes 9-10/15');
		expect(await ask('media/0', {headers: {range: 'bytes=-4'}})).toMatchObject({status: 206, body: 'clip'});
		expect(await ask('media/0', {headers: {range: 'bytes=99-'}})).toMatchObject({status: 416, body: ''});
	});

	test('that no longer exist are not found', async () => {
		rmSync(clip);
		expect((await ask('media/0')).status).toBe(404);
	});
});

describe('picks', () => {
	test('from two windows at once are all saved', async () => {
		const shots = Array.from({length: 20}, (_, index) => `s${index}`);
		await Promise.all(shots.map((shot) => post({changes: [{shot, pick: 1}]})));
		const {picks} = JSON.parse(readFileSync(picksFile, 'utf8')) as {picks: object};
		expect(Object.keys(picks).sort()).toEqual([...shots].sort());
	});

	test.each([
		[{}],
		[{changes: [{shot: 7}]}],
		[{changes: [{shot: 's1', rating: 6}]}],
		[{changes: [{shot: 's1', take: 0}]}],
		[{changes: [{shot: 's1', take: 1, note: 'x'.repeat(3000)}]}],
	])('that are invalid are refused: %j', async (body) => {
		expect((await post(body)).status).toBe(400);
	});

	test('that are too large are refused', async () => {
		expect((await post({changes: 'x'.repeat(300_000)})).status).toBe(400);
	});
});

test('new results reach an open page, with its picks', async () => {
	const seen: string[] = [];
	await new Promise<void>((resolve) => {
		const request = http.get(new URL('events', gallery.url), async (response) => {
			for await (const chunk of response) {
				seen.push(String(chunk));
				if (seen.length === 1) {
					takes = [...takes, {id: 'b', shot: 's1', take: 2, kind: 'none', status: 'processing'}];
					await post({changes: [{shot: 's1', pick: 1}]});
				}
				if (/"id":"b"/.test(seen.join('')) && /"s1":\{"take":1\}/.test(seen.join(''))) break;
			}
			request.destroy();
			resolve();
		});
	});
	expect(seen.join('')).toContain('"processing"');
});
