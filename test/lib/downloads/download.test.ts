import {linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import type {ServerResponse} from 'node:http';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {createNetwork} from '../../../src/lib/net/network.js';
import {newTarget} from '../../support/downloads.js';
import {type FileServer, sendFile, startFileServer} from '../../support/file-server.js';
import {fakeMp4, noise} from '../../support/media.js';
import {fakeClock} from '../../support/session.js';

/** What a download does, whatever a server and a disk do, over a real socket. */
const bytes = fakeMp4(1_500_000);
const version = {etag: '"v1"', lastModified: undefined, length: bytes.length};
let server: FileServer;

beforeAll(async () => {
	server = await startFileServer({bytes, etag: '"v1"', servesParts: true});
});
beforeEach(() => server.reset());
afterAll(() => server.close());

const ranges = () => server.seen.map(({range}) => range);
/** Bytes sent beyond the file itself. */
const surplus = () => server.seen.reduce((sum, {sent}) => sum + sent, 0) - bytes.length;
/** Only the first response is cut. */
const cutOnce = (after: number) => {
	server.fault = (request, response, index) => {
		if (index > 0) return false;
		void sendFile({...server.file, cutAfter: after}, request, response);
		return true;
	};
};

describe('a whole file', () => {
	test('is fetched once and published', async () => {
		const target = newTarget(server.url);
		const done = await target.get({checksum: true});
		expect(target.result().equals(bytes)).toBe(true);
		expect(done).toMatchObject({bytes: bytes.length, resumed: false});
		expect(done.sha256).toHaveLength(64);
		expect(ranges()).toEqual([undefined]);
		expect(readdirSync(target.folder)).toEqual(['clip.mp4']);
		expect(target.notes).toEqual([]);
	});

	test('requests uncompressed bytes, and accepts them from a server that labels them compressed', async () => {
		server.fault = (_, response) => {
			response.writeHead(200, {'content-length': bytes.length, 'content-encoding': 'gzip'}).end(bytes);
			return true;
		};
		const target = newTarget(server.url);
		await target.get();
		expect(server.seen[0]?.headers['accept-encoding']).toBe('identity');
		expect(target.result().equals(bytes)).toBe(true);
	});

	test('may have no length', async () => {
		server.fault = (_, response) => {
			response.write(bytes.subarray(0, 700_000));
			response.end(bytes.subarray(700_000));
			return true;
		};
		const target = newTarget(server.url);
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
	});
});

describe('an interrupted transfer', () => {
	test.each<[string, {etag?: string | undefined; lastModified?: string}]>([
		['with an ETag', {}],
		['with a date', {etag: undefined, lastModified: 'Mon, 23 Nov 2026 10:00:00 GMT'}],
	])('resumes where it stopped: %s', async (_, fields) => {
		Object.assign(server.file, fields);
		cutOnce(600_000);
		const target = newTarget(server.url);
		const {resumed} = await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(ranges()).toEqual([undefined, `bytes=600000-${bytes.length - 1}`]);
		expect(server.seen[1]?.ifRange).toBe(fields.lastModified ?? '"v1"');
		expect(surplus()).toBe(0);
		// The document reports earlier runs, not attempts.
		expect(resumed).toBe(false);
	});

	test('starts over at a server that serves no ranges', async () => {
		Object.assign(server.file, {servesParts: false, etag: undefined});
		cutOnce(600_000);
		const target = newTarget(server.url);
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(ranges()).toEqual([undefined, undefined]);
	});

	test('is retried as long as there is progress, always with the same short pause', async () => {
		server.file.cutAfter = 100_000;
		const target = newTarget(server.url);
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(server.seen).toHaveLength(15);
		expect(surplus()).toBe(0);
	});

	test('is given up after three attempts without progress, and keeps what came before', async () => {
		server.fault = (request, response, index) => {
			if (index === 0) void sendFile({...server.file, cutAfter: 500_000}, request, response);
			else response.destroy();
			return true;
		};
		const target = newTarget(server.url);
		const error = await target.fails();
		expect(error).toMatchObject({code: 'connection_error', exit: 5, retryable: true});
		expect(error.details.hint).toBe(
			`0.5 MB are kept in ${target.part}. Continue: kling video download t1 -o clip.mp4`,
		);
		expect(server.seen).toHaveLength(4);
		expect(await target.kept()).toBe(500_000);
		expect(target.isThere()).toBe(false);

		server.fault = () => false;
		const {resumed} = await target.get();
		expect(resumed).toBe(true);
		expect(target.result().equals(bytes)).toBe(true);
		expect(surplus()).toBe(0);
		expect(readdirSync(target.folder)).toEqual(['clip.mp4']);
	});

	test('is retried after a reset halfway', async () => {
		server.fault = (_, response, index) => {
			if (index > 0) return false;
			response.writeHead(200, {'content-length': bytes.length, etag: '"v1"', 'accept-ranges': 'bytes'});
			response.write(bytes.subarray(0, 64_000), () =>
				setTimeout(() => response.socket?.resetAndDestroy(), 50),
			);
			return true;
		};
		const target = newTarget(server.url);
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(server.seen).toHaveLength(2);
	});

	test('without a length, it starts over', async () => {
		server.fault = (_, response, index) => {
			if (index > 0) return false;
			response.write(bytes.subarray(0, 700_000), () => response.destroy());
			return true;
		};
		const target = newTarget(server.url);
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(ranges()).toEqual([undefined, undefined]);
	});

	describe('from a server that stalls', () => {
		const first = 64_000;
		/** Number of the last request whose response stalls after its first bytes. */
		let stalled = 0;
		let isOver = false;
		beforeEach(() => {
			isOver = false;
			// Only the checks for stalls: on a busy machine, a server that does its best would count as gone.
			vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']});
		});
		afterEach(() => {
			isOver = true;
			vi.useRealTimers();
		});

		const stall = (response: ServerResponse, headers: Record<string, string> = {}) => {
			stalled = server.seen.length;
			response.writeHead(200, {'content-length': bytes.length, ...headers}).write(bytes.subarray(0, first));
			return true;
		};
		/** Lets time pass once the first bytes have arrived, until the next request. */
		const patience = () => {
			let arrived = 0;
			let request = 0;
			const passTime = async () => {
				while (!isOver && server.seen.length === request) {
					vi.advanceTimersByTime(5000);
					await delay(1);
				}
			};
			return {
				waits: 0,
				after(count: number) {
					if (request !== server.seen.length) arrived = 0;
					request = server.seen.length;
					arrived += count;
					if (arrived === first && request === stalled) void passTime();
					return 0;
				},
			};
		};
		/** Pauses several times, each time for longer than a server may be silent. */
		const slowReader = (pauses: number[]) => ({
			waits: 0,
			after(count: number) {
				if (pauses.push(count) >= 4) return 0;
				// It is due before the pause ends, and so runs before that on any machine.
				setTimeout(() => vi.advanceTimersByTime(600_000), 1);
				return 5;
			},
		});

		test('is aborted after the idle limit', async () => {
			server.fault = (_, response, index) =>
				index === 0 && stall(response, {etag: '"v1"', 'accept-ranges': 'bytes'});
			const target = newTarget(server.url);
			await target.get({idleMs: 20_000, pace: patience()});
			expect(target.result().equals(bytes)).toBe(true);
			expect(ranges()).toEqual([undefined, `bytes=${first}-${bytes.length - 1}`]);
		});

		test('is named as the cause in the error', async () => {
			server.fault = (_, response) => stall(response);
			const target = newTarget(server.url);
			const error = await target.fails({idleMs: 20_000, pace: patience()});
			expect(error.said).toBe(
				`The download broke off after ${first} of ${bytes.length} bytes: no byte came for 20 s`,
			);
			expect(readdirSync(target.folder)).toEqual([]);
		});

		test.each([
			['that fits in a block', fakeMp4(200_000)],
			['that has a length', bytes],
		])('does not include one whose reader is slow, for a file %s', async (_, sent) => {
			server.file.bytes = sent;
			for (const network of [createNetwork(), createNetwork({requestTimeoutMs: 60_000})]) {
				server.seen.length = 0;
				const target = newTarget(server.url, {network});
				const pauses: number[] = [];
				await target.get({pace: slowReader(pauses)});
				expect(target.result().equals(sent)).toBe(true);
				expect(pauses.length).toBeGreaterThan(1);
				expect(server.seen).toHaveLength(1);
			}
		});

		test('is given the time of --request-timeout', async () => {
			server.fault = (_, response) => stall(response);
			const network = createNetwork({requestTimeoutMs: 45_000});
			const error = await newTarget(server.url, {network}).fails({pace: patience()});
			expect(error.said).toContain('no byte came for 45 s');
		});
	});
});

describe('the part of an earlier run', () => {
	const half = bytes.subarray(0, 800_000);

	test('is resumed', async () => {
		const target = newTarget(server.url);
		await target.leave(half, {version});
		const {resumed} = await target.get();
		expect(resumed).toBe(true);
		expect(ranges()).toEqual([`bytes=800000-${bytes.length - 1}`]);
		expect(target.result().equals(bytes)).toBe(true);
		expect(target.notes).toEqual([]);
	});

	test('is resumed in its gaps, and yields the checksum of the whole file', async () => {
		const holes = Buffer.from(bytes).fill(0, 200_000, 300_000).fill(0, 900_000);
		const target = newTarget(server.url);
		const spans = [
			{start: 0, end: 200_000},
			{start: 300_000, end: 900_000},
		];
		await target.leave(holes, {version, spans});
		const done = await target.get({checksum: true});
		expect(ranges()).toEqual(['bytes=200000-299999', `bytes=900000-${bytes.length - 1}`]);
		expect(target.result().equals(bytes)).toBe(true);
		expect(done.sha256).toBe((await newTarget(server.url).get({checksum: true})).sha256);
	});

	test('that is complete is published without a request', async () => {
		const target = newTarget(server.url);
		await target.leave(bytes, {version});
		expect(await target.get()).toMatchObject({bytes: bytes.length, resumed: true});
		expect(server.seen).toEqual([]);
		expect(target.result().equals(bytes)).toBe(true);
	});

	test('with wrong bytes is discarded', async () => {
		const target = newTarget(server.url);
		await target.leave(noise(bytes.length, 7), {version});
		expect(await target.get()).toMatchObject({resumed: false});
		expect(target.result().equals(bytes)).toBe(true);
	});

	test.each<[string, Parameters<ReturnType<typeof newTarget>['leave']>[1], RegExp]>([
		['another task', {version, taskId: 't2'}, /belongs to task t2: starting over/],
		[
			'another result',
			{version, kind: 'watermark'},
			/another result of the task \(watermark\): starting over/,
		],
		['before a restart', {version, bootedAt: 1000}, /went down: starting over/],
		['more bytes than there are', {version, spans: [{start: 0, end: 900_000}]}, /does not have the size/],
		['a version unknown', {version: {}}, /cannot continue in the middle: starting over/],
	])('is not used when it belongs to %s, and stderr says so', async (_, record, note) => {
		const target = newTarget(server.url);
		await target.leave(half, record);
		expect(await target.get()).toMatchObject({resumed: false});
		expect(target.notes).toEqual([expect.stringMatching(note)]);
		expect(ranges()).toEqual([undefined]);
		expect(target.result().equals(bytes)).toBe(true);
		expect(readdirSync(target.folder)).toEqual(['clip.mp4']);
	});

	test('survives a restart if it was flushed', async () => {
		const target = newTarget(server.url);
		await target.leave(half, {version, bootedAt: 1000, synced: true});
		expect(await target.get()).toMatchObject({resumed: true});
	});

	test.each(['', '{', '[]', '{"version":2}', '{"version":1,"task_id":"t1"}', 'x'.repeat(2_000_000)])(
		'with a damaged record starts over: %.20s',
		async (text) => {
			const target = newTarget(server.url);
			await target.leave(half, {version});
			writeFileSync(`${target.part}.json`, text);
			await target.get();
			expect(target.notes).toEqual([expect.stringContaining('has a damaged record: starting over')]);
			expect(target.result().equals(bytes)).toBe(true);
		},
	);

	test('that cannot be recorded is closed again', async () => {
		const target = newTarget(server.url);
		await target.leave(bytes.subarray(0, 800_000), {version});
		// The next record is written there.
		mkdirSync(`${target.part}.json.new`);
		const before = readdirSync('/dev/fd').length;
		for (let round = 0; round < 20; round++) expect(await target.fails()).toMatchObject({exit: 10});
		expect(readdirSync('/dev/fd').length).toBeLessThan(before + 10);
		rmSync(`${target.part}.json.new`, {recursive: true});
		expect(await target.get()).toMatchObject({resumed: true});
	});

	test('of another program is left alone', async () => {
		const target = newTarget(server.url);
		writeFileSync(target.part, 'of another program');
		await target.get();
		expect(target.notes).toEqual([expect.stringContaining('left alone')]);
		expect(readFileSync(target.part, 'utf8')).toBe('of another program');
		expect(readdirSync(target.folder).sort()).toEqual(['clip.mp4', 'clip.mp4.part']);
	});
});

describe('a response that is not the requested part leads to the whole file, never a mixture', () => {
	type Answer = Parameters<typeof sendFile>;
	const changed = fakeMp4(1_500_000, 99);
	/** Responds to a range; the whole file is served normally. */
	const toRange = (answer: (...args: [Answer[1], Answer[2]]) => void) => {
		server.fault = (request, response) => {
			if (request.range === undefined) return false;
			answer(request, response);
			return true;
		};
	};
	const partial = (headers: Record<string, string>, body: Buffer) => (_: Answer[1], response: Answer[2]) =>
		void response.writeHead(206, {'content-length': body.length, ...headers}).end(body);
	const tail = bytes.subarray(800_000);
	const placed = (range: string, etag = '"v1"') => ({'content-range': range, etag});

	test.each<[string, (...args: [Answer[1], Answer[2]]) => void]>([
		['another offset', partial(placed(`bytes 700000-1499999/1500000`), bytes.subarray(700_000))],
		['fewer bytes', partial(placed('bytes 800000-1399999/1500000'), bytes.subarray(800_000, 1_400_000))],
		['another ETag', partial(placed('bytes 800000-1499999/1500000', '"v2"'), changed.subarray(800_000))],
		['another length', partial(placed('bytes 800000-1499999/1600000'), tail)],
		[
			'fewer bytes than it says',
			(_, response) => {
				const place = placed('bytes 800000-1499999/1500000');
				// Left open, like by a server that waits for the next request.
				response.writeHead(206, {...place, 'content-length': 600_000}).end(tail.subarray(0, 600_000));
			},
		],
		['an unknown length', partial(placed('bytes 800000-1499999/*'), tail)],
		['206 without Content-Range', partial({etag: '"v1"'}, tail)],
		['several parts', partial({'content-type': 'multipart/byteranges; boundary=x'}, tail)],
		[
			'416',
			(_, response) => void response.writeHead(416, {'content-range': `bytes */${bytes.length}`}).end(),
		],
	])('%s', async (_, answer) => {
		toRange(answer);
		const target = newTarget(server.url);
		await target.leave(bytes.subarray(0, 800_000), {version});
		expect(await target.get()).toMatchObject({resumed: false});
		expect(target.notes).toEqual([expect.stringContaining('starting over')]);
		expect(target.result().equals(bytes)).toBe(true);
		expect(ranges()).toEqual(['bytes=800000-1499999', undefined]);
	});

	test('the whole file, because it has changed: taken from that very response', async () => {
		Object.assign(server.file, {bytes: changed, etag: '"v2"'});
		const target = newTarget(server.url);
		await target.leave(bytes.subarray(0, 800_000), {version});
		await target.get();
		expect(target.result().equals(changed)).toBe(true);
		expect(server.seen).toHaveLength(1);
	});

	test('the whole file, because ranges are ignored', async () => {
		server.file.servesParts = false;
		const target = newTarget(server.url);
		await target.leave(bytes.subarray(0, 800_000), {version});
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(server.seen).toHaveLength(1);
	});

	test('a part that ends early is resumed', async () => {
		server.fault = (request, response, index) => {
			if (index > 0) return false;
			void sendFile({...server.file, cutAfter: 100_000}, request, response);
			return true;
		};
		const target = newTarget(server.url);
		await target.leave(bytes.subarray(0, 800_000), {version});
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(surplus()).toBe(-800_000);
	});
});

describe('an expired link', () => {
	const expired = (status: number) => {
		server.fault = (request, response) => {
			if (!request.url.includes('old')) return false;
			response.writeHead(status).end('<Error/>');
			return true;
		};
	};

	test.each([403, 404, 410])('with %i is renewed once, and the part is resumed', async (status) => {
		expired(status);
		const target = newTarget(`${server.url}&old`, {renew: async () => server.url});
		await target.leave(bytes.subarray(0, 800_000), {version});
		expect(await target.get()).toMatchObject({resumed: true});
		expect(target.renewals).toHaveLength(1);
		expect(target.result().equals(bytes)).toBe(true);
		expect(surplus()).toBe(-800_000);
	});

	test('is renewed halfway through a download', async () => {
		let isOld = false;
		server.fault = (request, response) => {
			if (!isOld && request.url.includes('old')) {
				isOld = true;
				void sendFile({...server.file, cutAfter: 500_000}, request, response);
				return true;
			}
			if (!request.url.includes('old')) return false;
			response.writeHead(403).end();
			return true;
		};
		const target = newTarget(`${server.url}&old`, {renew: async () => server.url});
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(surplus()).toBe(0);
	});

	test.each([
		['the same link again', (): string => `${server.url}&old`, 1],
		['one that is refused, too', () => `${server.url}&older`, 2],
	])(
		'of an old task, with %s from Kling, is asset_expired; the part is kept',
		async (_, renewed, requests) => {
			expired(403);
			const target = newTarget(`${server.url}&old`, {renew: async () => renewed(), isOld: true});
			await target.leave(bytes.subarray(0, 800_000), {version});
			const error = await target.fails();
			expect(error).toMatchObject({code: 'asset_expired', exit: 9});
			expect(error.toDocument().error.hint).toContain('30 days');
			expect(server.seen).toHaveLength(requests);
			expect(await target.kept()).toBe(800_000);
		},
	);

	test.each([
		['the same link', 0, 4],
		['the same link, at first', 2, 3],
		['the same link, and then a fresh one', 3, 4],
	])('of a recent task is retried: %s', async (_, refusals, most) => {
		let refused = 0;
		server.fault = (_request, response) => {
			if (++refused > refusals) return false;
			response.writeHead(404).end();
			return true;
		};
		const target = newTarget(server.url);
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(server.seen.length).toBeLessThanOrEqual(most);
	});

	test.each([
		['the same link', async () => `${server.url}&old`],
		['another one', async () => `${server.url}&older`],
		['that the task is not found', async () => Promise.reject(new KlingError('task_not_found', 'no task'))],
		['that it has no file', async () => Promise.reject(new KlingError('result_unavailable', 'no file'))],
	])(
		'of a recent task that stays refused, with %s from Kling, never suggests paying again',
		async (_, renew) => {
			expired(404);
			const clock = fakeClock();
			const error = await newTarget(`${server.url}&old`, {renew}).fails({clock});
			expect(error).toMatchObject({code: 'download_error', exit: 5, retryable: true});
			expect(error.toDocument().error.hint).toMatch(/again in a few minutes/);
			expect(error.toDocument().error.hint).not.toMatch(/make|submit/);
			expect(clock.sleeps).toEqual([500, 1000, 2000, 4000]);
		},
	);

	test('whose renewal fails reports why, and is renewed again at the next attempt', async () => {
		expired(403);
		let asked = 0;
		const target = newTarget(`${server.url}&old`, {
			async renew() {
				if (++asked === 1) throw new KlingError('connection_error', 'Cannot reach kling.invalid');
				return server.url;
			},
		});
		await target.get();
		expect(asked).toBe(2);
		expect(target.result().equals(bytes)).toBe(true);
	});
});

describe('redirects', () => {
	test('are followed, up to five', async () => {
		server.fault = (request, response) => {
			const step = Number(/step=(\d)/.exec(request.url)?.[1] ?? 0);
			if (step === 5) return false;
			response.writeHead(302, {location: `/clip.mp4?step=${step + 1}`}).end();
			return true;
		};
		const target = newTarget(server.url);
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(server.seen).toHaveLength(6);
	});

	test.each([
		['a loop', '/clip.mp4', /too many redirects/],
		['a file', 'file:///etc/passwd', /./],
		['another scheme', 'ftp://127.0.0.1/clip.mp4', /./],
		['a socket', 'http://unix:/var/run/docker.sock:/x', /./],
		['plain http elsewhere', 'http://192.0.2.1/clip.mp4', /not https/],
	])('%s is an error, and nothing is left', async (_, location, message) => {
		server.fault = (_request, response) => {
			response.writeHead(302, {location}).end();
			return true;
		};
		const target = newTarget(server.url);
		const error = await target.fails();
		expect(error.exit).toBe(5);
		expect(error.said).toMatch(message);
		expect(JSON.stringify(error.toDocument())).not.toContain('signed');
		expect(readdirSync(target.folder)).toEqual([]);
	});
});

describe('planted files', () => {
	test.each(['clip.mp4.part', 'clip.mp4.part.json', 'clip.mp4.part.json.new', 'clip.mp4.part.lock'])(
		'a link at %s is never written through',
		async (name) => {
			const target = newTarget(server.url);
			const victim = path.join(target.folder, 'victim');
			writeFileSync(victim, 'precious');
			symlinkSync(victim, path.join(target.folder, name));
			await target.get().catch(() => {});
			expect(readFileSync(victim, 'utf8')).toBe('precious');
		},
	);

	test.each(['symbolic', 'hard'])('a %s link with a record is replaced', async (kind) => {
		const target = newTarget(server.url);
		const victim = path.join(target.folder, 'victim');
		await target.leave(bytes.subarray(0, 1000), {version});
		writeFileSync(victim, bytes.subarray(0, 1000));
		rmSync(target.part);
		(kind === 'hard' ? linkSync : symlinkSync)(victim, target.part);
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
		expect(readFileSync(victim)).toHaveLength(1000);
		expect(target.notes).toEqual([expect.stringContaining('is not a separate file')]);
	});

	test.each(['clip.mp4.part.json', 'clip.mp4.part.json.new', 'clip.mp4.part.lock'])(
		'a folder at %s is reported, and nothing is left behind',
		async (name) => {
			const target = newTarget(server.url);
			const folder = path.join(target.folder, name);
			mkdirSync(folder);
			const error = await target.fails();
			expect(error.toDocument().error).toMatchObject({
				code: 'write_error',
				message: `Cannot write ${folder}: it is a folder`,
				path: folder,
				hint: 'Move it away, or choose another --output.',
			});
			expect(readdirSync(target.folder)).toEqual([name]);
			expect(server.seen).toEqual([]);
		},
	);

	test('a folder where the part should be', async () => {
		const target = newTarget(server.url);
		mkdirSync(target.part);
		await target.get();
		expect(target.result().equals(bytes)).toBe(true);
	});
});

test('a folder where the record should be is left alone, with nothing beside it', async () => {
	const target = newTarget(server.url);
	mkdirSync(`${target.part}.json/full`, {recursive: true});
	expect(await target.fails()).toMatchObject({code: 'write_error', exit: 10});
	expect(readdirSync(target.folder)).toEqual(['clip.mp4.part.json']);
});

describe('publishing', () => {
	test('never replaces a file that has appeared, and with --force then needs no further byte', async () => {
		server.fault = (request, response) => {
			writeFileSync(target.file, 'appeared');
			void sendFile(server.file, request, response);
			return true;
		};
		const target = newTarget(server.url);
		expect(await target.fails()).toMatchObject({code: 'file_exists', exit: 10});
		expect(target.result().toString()).toBe('appeared');
		server.reset();
		await target.get({force: true});
		expect(target.result().equals(bytes)).toBe(true);
		expect(server.seen).toEqual([]);
		expect(readdirSync(target.folder)).toEqual(['clip.mp4']);
	});

	test('a second download to the same file is refused, and the first continues', async () => {
		const target = newTarget(server.url);
		const second: KlingError[] = [];
		server.fault = (request, response) => {
			void target.fails().then((error) => {
				second.push(error);
				void sendFile(server.file, request, response);
			});
			return true;
		};
		await target.get();
		expect(second).toMatchObject([{code: 'file_busy', exit: 10, retryable: true}]);
		expect(second[0]?.said).toContain(`Process ${process.pid}`);
		expect(target.result().equals(bytes)).toBe(true);
		expect(readdirSync(target.folder)).toEqual(['clip.mp4']);
	});
});
