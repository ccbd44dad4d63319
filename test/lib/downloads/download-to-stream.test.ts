import {Writable} from 'node:stream';
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {downloadTo} from '../../../src/lib/downloads/download-to-stream.js';
import {createLink} from '../../../src/lib/downloads/signed-url.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {createNetwork} from '../../../src/lib/net/network.js';
import {type FileServer, startFileServer} from '../../support/file-server.js';
import {fakeMp4} from '../../support/media.js';
import {fakeClock} from '../../support/session.js';

const clip = fakeMp4(1_000_000);
let server: FileServer;
beforeAll(async () => {
	server = await startFileServer({bytes: clip, etag: '"v1"', servesParts: true});
});
beforeEach(() => server.reset());
afterAll(() => server.close());

/** What arrives in a stream, and the document or the error. */
async function stream() {
	const chunks: Buffer[] = [];
	const target = new Writable({
		write(chunk: Buffer, _, done) {
			chunks.push(chunk);
			setImmediate(done);
		},
	});
	const notes: string[] = [];
	const network = createNetwork();
	const ended = await downloadTo(
		createLink(network, server.url, async () => server.url),
		target,
		{
			network,
			format: 'video',
			clock: fakeClock(),
			random: () => 0,
			onNote: (text) => notes.push(text),
		},
	).catch((error: unknown) => error);
	const bytes = Buffer.concat(chunks);
	if (!(ended instanceof KlingError)) return {bytes, notes, ended};
	const {code, exit, said, details} = ended;
	return {bytes, notes, error: {code, exit, said, hint: details.hint}};
}

/** Responds with bytes without announcing their length. */
const withoutLength = (bytes: Buffer) => {
	server.fault = (_, response) => {
		response.writeHead(200, {'content-type': 'video/mp4'});
		response.end(bytes);
		return true;
	};
};

test('a whole clip arrives', async () => {
	const {bytes, ended, notes} = await stream();
	expect(bytes.equals(clip)).toBe(true);
	expect(ended).toMatchObject({bytes: clip.length, resumed: false});
	expect(notes).toEqual([]);
});

test('a whole clip without a length arrives', async () => {
	withoutLength(clip);
	const {bytes, ended} = await stream();
	expect(bytes.equals(clip)).toBe(true);
	expect(ended).toMatchObject({bytes: clip.length});
});

test.each([
	['a web page', Buffer.from(`<!doctype html><p>${'Not here. '.repeat(200)}`), 'HTML'],
	['a short answer', Buffer.from('{"error": "not here"}'), 'JSON'],
	['nothing', Buffer.alloc(0), 'an empty file'],
])('of %s, no byte is written, with and without a length', async (_, bytes, what) => {
	server.file.bytes = bytes;
	const told = await stream();
	withoutLength(bytes);
	for (const {bytes: out, error} of [told, await stream()]) {
		expect(out.length).toBe(0);
		expect(error).toMatchObject({code: 'download_error', exit: 5});
		expect(error?.said).toContain(`The server sent ${what} instead of a video`);
	}
});

test('after one web page the clip is requested again, because nothing was written', async () => {
	server.fault = (_, response, index) => {
		if (index === 0) response.end('<!doctype html><p>busy');
		return index === 0;
	};
	expect((await stream()).bytes.equals(clip)).toBe(true);
});

test.each([
	['with a length', {cutAfter: 600_000}],
	['to the length that was promised', {bytes: clip.subarray(0, 600_000)}],
	['without a length', undefined],
])('a clip that is cut %s gives an error that says what happened to the bytes', async (_, fields) => {
	if (fields) Object.assign(server.file, fields);
	else withoutLength(clip.subarray(0, 600_000));
	const {bytes, error} = await stream();
	expect(bytes.equals(clip.subarray(0, bytes.length))).toBe(true);
	expect(bytes.length).toBeGreaterThan(0);
	expect(error).toMatchObject({code: 'download_error', exit: 5});
	expect(error?.said).toContain(`The ${bytes.length} bytes already written are not a clip`);
	expect(error?.hint).toContain('-o FILE');
});
