import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {createClient} from '../../../src/lib/api/client.js';
import type {KlingError} from '../../../src/lib/errors/kling-error.js';
import type {Clock} from '../../../src/lib/system/clock.js';
import {type FakeServer, ok, refusal, startFakeServer} from '../../support/fake-server.js';

/** A machine whose clock is wrong, and a Kling that checks. */
let server: FakeServer;
let warnings: string[];
const here = Date.UTC(2026, 9, 1);
/** Milliseconds by which the machine's clock was set after the start. */
let step = 0;
const clock: Clock = {
	now: () => here + step,
	sleep: async () => {},
	deadline: () => new AbortController().signal,
	after: () => () => {},
};
const task = {task_id: 't1', task_status: 'submitted'};
const credentials = {accessKey: 'ak', secretKey: 'secret'};

beforeAll(async () => {
	server = await startFakeServer();
});
beforeEach(() => {
	server.seen = [];
	warnings = [];
	step = 0;
});
afterAll(() => server.close());

const client = (keys: Parameters<typeof createClient>[0]['credentials'] = credentials) =>
	createClient({
		baseUrl: new URL(server.baseUrl),
		credentials: keys,
		clock,
		warn: (text) => warnings.push(text),
	});

const claimsOf = (authorization = '') =>
	JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString()) as {
		nbf: number;
		exp: number;
	};

/** Responds like Kling at its own time: too early is 1003, too late 1004. */
function kling(date: number | string | undefined, now = Number(date)): FakeServer['answer'] {
	return (request, response) => {
		response.sendDate = false;
		const header = typeof date === 'number' ? new Date(date).toUTCString() : date;
		if (header !== undefined) response.setHeader('date', header);
		const {nbf, exp} = claimsOf(request.headers.authorization);
		const seconds = now / 1000;
		const fault = seconds < nbf ? 1003 : seconds > exp ? 1004 : 0;
		(fault ? refusal(401, fault, 'Authorization is not valid now') : ok(task))(request, response);
	};
}

const failure = (promise: Promise<unknown>) =>
	promise.then(
		() => expect.fail('it did not fail'),
		(error: unknown) => error as KlingError,
	);

describe('this machine’s clock', () => {
	test.each([
		['ahead of', '6 seconds', -6000],
		['ahead of', '3 minutes', -3 * 60_000],
		['behind', '45 minutes', 45 * 60_000],
		['behind', '50 minutes', 50 * 60_000],
	])(
		'%s Kling’s by %s is corrected once, for reads and submissions, and reported',
		async (side, span, skew) => {
			server.answer = kling(here + skew);
			const {getTask, createTask} = client();
			expect((await createTask('/v1/videos/video-extend', {external_task_id: 'e'})).id).toBe('t1');
			await getTask('/v1/videos/video-extend', 't1');
			await getTask('/v1/videos/video-extend', 't1');
			expect(server.seen.map(({method}) => method)).toEqual(['POST', 'POST', 'GET', 'GET']);
			expect(server.seen[1]?.body).toBe(server.seen[0]?.body);
			expect(warnings).toHaveLength(1);
			expect(warnings[0]).toContain(`is ${span} ${side} Kling's`);
		},
	);

	test('is corrected once when many requests find it wrong at the same time', async () => {
		server.answer = kling(here - 60_000);
		const {getTask} = client();
		await Promise.all([1, 2, 3, 4].map(() => getTask('/v1/videos/video-extend', 't1')));
		expect(warnings).toHaveLength(1);
		expect(server.seen.length).toBeLessThanOrEqual(8);
	});

	test.each<[string, number | string | undefined, RegExp]>([
		['no time', undefined, /sent no time/],
		['nonsense', 'soon', /an impossible time/],
		['a time before Kling', Date.UTC(2001, 0), /an impossible time/],
		['a time of another century', Date.UTC(2150, 0), /an impossible time/],
		['a time that is years away', here + 3 * 365 * 86_400_000, /is 1095 days behind the time of the server/],
		['a time that is two hours ago', here - 7_200_000, /at most an hour/],
		['the same time', here, /agrees with the time of the server/],
	])(
		'is not corrected when the server sends %s: no loop, exit 4, and the hint names the clock',
		async (_, date, why) => {
			server.answer = kling(date, here - 60_000);
			const error = await failure(client().createTask('/v1/videos/video-extend', {}));
			expect(error).toMatchObject({code: 'invalid_api_key', exit: 4, maybeSubmitted: false});
			expect(error.details.hint).toMatch(/clock of this machine/);
			expect(error.details.hint).toMatch(why);
			expect(server.seen).toHaveLength(1);
			expect(warnings).toEqual([]);
		},
	);

	test('is not corrected twice: a server that refuses its own time gets two requests', async () => {
		server.answer = kling(here + 90_000, here - 900_000);
		const error = await failure(client().getTask('/v1/videos/video-extend', 't1'));
		expect(error).toMatchObject({code: 'invalid_api_key', exit: 4});
		expect(server.seen).toHaveLength(2);
		const again = await failure(client().getTask('/v1/videos/video-extend', 't1'));
		expect(again.details.hint).toMatch(/refused (that )?as well/);
	});

	test('that is set while the program runs is corrected, and later used again', async () => {
		server.answer = kling(here);
		const {getTask} = client();
		const read = () => getTask('/v1/videos/video-extend', 't1');
		for (const ms of [0, 600_000, -2_400_000, 0]) {
			step = ms;
			expect((await read()).id).toBe('t1');
		}
		expect(server.seen).toHaveLength(7);
		expect(warnings).toEqual([
			expect.stringContaining("is 10 minutes ahead of Kling's"),
			expect.stringContaining("is 40 minutes behind Kling's"),
			'The clock of this machine was set right; using it again.',
		]);
	});

	test('is corrected three times at most, whatever a server says', async () => {
		const {getTask} = client();
		const errors = [];
		for (const minutes of [-10, 45, -10, 45, 45]) {
			server.answer = kling(here + minutes * 60_000);
			errors.push(await getTask('/v1/videos/video-extend', 't1').catch((error: KlingError) => error.exit));
		}
		expect(errors.slice(3)).toEqual([4, 4]);
		expect(warnings).toHaveLength(3);
	});

	test('does not matter to an API key, which has no timestamps', async () => {
		server.answer = (request, response) => {
			response.setHeader('date', new Date(here + 90_000).toUTCString());
			refusal(401, 1004, 'Authorization has expired')(request, response);
		};
		expect(await failure(client({apiKey: 'k'}).getTask('/v1/videos/video-extend', 't1'))).toMatchObject({
			exit: 4,
		});
		expect(server.seen).toHaveLength(1);
	});
});
