import {mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {privatePart} from '../../../src/lib/downloads/part/names.js';
import {newTarget} from '../../support/downloads.js';
import {type FileServer, sendFile, startFileServer} from '../../support/file-server.js';
import {fakeMp4} from '../../support/media.js';

/** Small enough to arrive in one block. */
const bytes = fakeMp4(60_000);
let server: FileServer;

beforeAll(async () => {
	server = await startFileServer({bytes, etag: '"v1"', servesParts: true});
});
beforeEach(() => server.reset());
afterAll(() => server.close());

describe('a file that comes in one block', () => {
	test('is published with the permissions that files usually get, and nothing is left beside it', async () => {
		const target = newTarget(server.url);
		const saved: number[] = [];
		const done = await target.get({
			checksum: true,
			onSaved: async (_, size) => {
				saved.push(size);
				expect(readdirSync(target.folder)).toEqual(['clip.mp4', 'clip.mp4.part.lock']);
			},
		});
		expect(target.result().equals(bytes)).toBe(true);
		expect(done).toMatchObject({
			bytes: bytes.length,
			resumed: false,
			sha256: expect.stringMatching(/^\w{64}$/),
		});
		expect(saved).toEqual([bytes.length]);
		expect(readdirSync(target.folder)).toEqual(['clip.mp4']);
		if (process.platform !== 'win32') {
			expect(statSync(target.file).mode & 0o777).toBe(0o666 & ~process.umask());
		}
	});

	test('is subject to the speed limit', async () => {
		const start = performance.now();
		await newTarget(server.url).get({pace: {after: () => 200, waits: 0}});
		// It may be later on a busy machine, and is never earlier.
		expect(performance.now() - start).toBeGreaterThan(190);
	});

	test('replaces a file only with --force', async () => {
		const target = newTarget(server.url);
		writeFileSync(target.file, 'mine');
		expect(await target.fails()).toMatchObject({code: 'file_exists', exit: 10});
		expect(readFileSync(target.file, 'utf8')).toBe('mine');
		await target.get({force: true});
		expect(target.result().equals(bytes)).toBe(true);
		expect(readdirSync(target.folder)).toEqual(['clip.mp4']);
	});

	test('is kept where it cannot be published, and not fetched again', async () => {
		const target = newTarget(server.url);
		mkdirSync(target.file);
		await target.fails();
		expect(await target.kept()).toBe(bytes.length);
		expect(readdirSync(target.folder).filter((name) => name.endsWith('.part'))).toEqual(['clip.mp4.part']);
		await target.fails();
		expect(server.seen).toHaveLength(1);
	});

	test('leaves what arrived when it breaks off, and continues', async () => {
		server.fault = (request, response, index) => {
			if (index > 0) return false;
			void sendFile({...server.file, cutAfter: 40_000}, request, response);
			return true;
		};
		const target = newTarget(server.url);
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(server.seen.map(({range}) => range)).toEqual([undefined, `bytes=40000-${bytes.length - 1}`]);
	});

	test('continues what an earlier run left', async () => {
		const target = newTarget(server.url);
		await target.leave(bytes.subarray(0, 50_000), {version: {etag: '"v1"', length: bytes.length}});
		expect((await target.get()).resumed).toBe(true);
		expect(target.result().equals(bytes)).toBe(true);
		expect(readdirSync(target.folder)).toEqual(['clip.mp4']);
	});

	test('leaves the part of another program alone', async () => {
		const target = newTarget(server.url);
		writeFileSync(target.part, 'theirs');
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(readFileSync(target.part, 'utf8')).toBe('theirs');
		expect(target.notes).toEqual([expect.stringContaining('was not made by kling')]);
	});
});

describe('what a process left that was killed just before it published', () => {
	const token = '0123abcd-0000-4000-8000-000000000000';

	/** A process id that does not exist. */
	const leave = (target: {file: string}, found = token) => {
		writeFileSync(`${target.file}.part.lock`, JSON.stringify({host: hostname(), pid: 2 ** 30, token: found}));
		writeFileSync(privatePart(target.file, token), bytes.subarray(0, 100));
	};

	test('is removed by the next download', async () => {
		const target = newTarget(server.url);
		leave(target);
		await target.get();
		expect(readdirSync(target.folder)).toEqual(['clip.mp4']);
	});

	test('stays where the lock names something else', async () => {
		const target = newTarget(server.url);
		leave(target, '../../../clip');
		await target.get();
		expect(readdirSync(target.folder)).toEqual(['clip.mp4', 'clip.mp4.0123abcd.part']);
	});
});
