import {connect} from 'node:net';
import {afterAll, describe, expect, test} from 'vitest';
import {matchesPattern, planFaults, type Scenario} from '../../src/sandbox/fault-plan.js';
import {type FaultName, faultNames, faultOf} from '../../src/sandbox/faults.js';
import {readScenario} from '../../src/sandbox/scenario.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';

/** The faults as a client on a plain socket sees them, and when they strike. */
const opened: Sandbox[] = [];
afterAll(() => Promise.all(opened.map((sandbox) => sandbox.close())));

const createPath = '/v1/videos/omni-video';
const bodyOf = (externalId: string) =>
	JSON.stringify({prompt: 'a fox', aspect_ratio: '16:9', external_task_id: externalId});

async function sandboxWith(scenario: Scenario | FaultName) {
	const steps = typeof scenario === 'string' ? [{fault: scenario}] : undefined;
	const struck: FaultName[] = [];
	const faults = planFaults(steps ? {steps} : (scenario as Scenario), (fault) => struck.push(fault));
	const sandbox = await startSandbox({faults, speed: 1000, slots: 1000});
	opened.push(sandbox);
	const authorization = `Bearer ${sandbox.apiKey}`;
	const call = (path: string, init: RequestInit = {}) =>
		fetch(sandbox.baseUrl + path, {...init, headers: {authorization}});
	const create = (externalId: string) => call(createPath, {method: 'POST', body: bodyOf(externalId)});
	const link = async () => {
		const reply = await call(`${createPath}/900000000000000101`);
		const {data} = (await reply.json()) as {data: {task_result: {videos: [{url: string}]}}};
		return data.task_result.videos[0].url;
	};
	return {sandbox, struck, call, create, link};
}

describe('when a fault strikes', () => {
	const api = {server: 'api', method: 'GET', url: '/v1/videos/omni-video?pageNum=1', range: false} as const;
	const post = {...api, method: 'POST'} as const;
	const file = {...api, server: 'file', url: '/bs2/x.mp4?sign=1'} as const;

	test.each<[string, Scenario, (FaultName | undefined)[]]>([
		['an event once', {steps: [{fault: 'reset'}]}, ['reset', undefined, undefined]],
		['a condition always', {steps: [{fault: 'clock-ahead'}]}, ['clock-ahead', 'clock-ahead', 'clock-ahead']],
		['as often as told', {steps: [{fault: 'reset', times: 2}]}, ['reset', 'reset', undefined]],
		['always when told', {steps: [{fault: 'reset', times: 'always'}]}, ['reset', 'reset', 'reset']],
		[
			'a condition once when told',
			{steps: [{fault: 'clock-ahead', times: 1}]},
			['clock-ahead', undefined, undefined],
		],
		['after so many', {steps: [{fault: 'reset', after: 1}]}, [undefined, 'reset', undefined]],
		['in order', {steps: [{fault: 'reset'}, {fault: 'rate-limit'}]}, ['reset', 'rate-limit', undefined]],
	])('%s', (_, scenario, expected) => {
		const faults = planFaults(scenario);
		expect(expected.map(() => faults.next(api))).toEqual(expected);
	});

	test.each([
		['/v1/*', '/v1/videos/x', true],
		['/v1/*', '/v2/videos/x', false],
		['*/omni-video', '/v1/videos/omni-video', true],
		['/v1/*/omni*', '/v1/videos/omni-video', true],
		['/v1/*/omni*', '/v1/videos/text2video', false],
		['/a*a', '/a', false],
		['/a*a', '/aa', true],
		['/a*b*b', '/ab', false],
		['/v1', '/v1/x', false],
		['*', '', true],
	])('the path %s and %s: %s', (pattern, path, matches) => {
		expect(matchesPattern(pattern, path)).toBe(matches);
	});

	test('a pattern with many stars is matched in linear time', () => {
		expect(matchesPattern(`${'*a'.repeat(5000)}b`, `/${'a'.repeat(100_000)}`)).toBe(false);
	});

	test('only requests of its kind', () => {
		const faults = planFaults({
			steps: [
				{fault: 'lost-answer'},
				{fault: 'cut-download'},
				{fault: 'wrong-range'},
				{fault: 'reset', after: 1},
			],
		});
		expect(faults.next(api)).toBeUndefined();
		expect(faults.next(post)).toBe('lost-answer');
		expect(faults.next(file)).toBe('cut-download');
		expect(faults.next(file)).toBeUndefined();
		expect(faults.next({...file, range: true})).toBe('wrong-range');
		expect(faults.next(api)).toBe('reset');
	});

	test.each([
		[{method: 'POST'}, false],
		[{method: 'GET', path: createPath}, true],
		[{path: '/v1/videos/omni'}, false],
		[{path: '/v1/*/omni-video'}, true],
		[{path: '*'}, true],
		[{path: '/v1.videos/omni-video'}, false],
	])('and only those that match %j', (match, strikes) => {
		const faults = planFaults({steps: [{fault: 'reset', match}]});
		expect(faults.next(api)).toBe(strikes ? 'reset' : undefined);
	});

	test('at random: the same ones for the same seed, at about the requested rate, each from the list', () => {
		const draw = (seed: number) => {
			const faults = planFaults({
				random: {seed, rate: 0.2, faults: ['reset', 'lost-answer', 'cut-download']},
			});
			return Array.from({length: 2000}, (_, index) => faults.next(index % 2 ? post : file));
		};
		expect(draw(7)).toEqual(draw(7));
		expect(draw(7)).not.toEqual(draw(8));
		const drawn = draw(7).filter((fault) => fault !== undefined);
		expect(drawn.length).toBeGreaterThan(300);
		expect(drawn.length).toBeLessThan(500);
		expect(new Set(drawn)).toEqual(new Set(['reset', 'lost-answer', 'cut-download']));
	});
});

describe('a scenario file', () => {
	test.each<[unknown, string, RegExp]>([
		[[], '', /must be object/],
		[{}, '', /fewer than 1/],
		[{step: []}, '', /unknown key: step/],
		[{steps: [{}]}, 'steps[0]', /required property 'fault'/],
		[{steps: [{fault: 'reset'}, {fault: 'lost'}]}, 'steps[1].fault', /is not a fault: lost/],
		[{steps: [{fault: 'reset', times: 0}]}, 'steps[0].times', /must be >= 1/],
		[{steps: [{fault: 'reset', times: 'often'}]}, 'steps[0].times', /"always" or a number/],
		[{steps: [{fault: 'reset', after: 1.5}]}, 'steps[0].after', /must be integer/],
		[{steps: [{fault: 'reset', match: {method: 'get'}}]}, 'steps[0].match.method', /one of GET, HEAD, POST/],
		[{steps: [{fault: 'reset', match: {path: 'v1'}}]}, 'steps[0].match.path', /begin with/],
		[{random: {seed: 1, rate: 2, faults: ['reset']}}, 'random.rate', /must be <= 1/],
		[{random: {seed: 1, rate: 0.2, faults: ['toString']}}, 'random.faults[0]', /is not a fault/],
	])('%j is refused, with place and rule', (value, at, rule) => {
		expect(readScenario(value)).toEqual({
			problem: expect.objectContaining({at, rule: expect.stringMatching(rule)}),
		});
	});

	test('that is valid is accepted as it is', () => {
		const scenario = {
			steps: [{fault: 'reset', times: 'always', after: 2, match: {method: 'POST', path: '/v1/*'}}],
			random: {seed: 1, rate: 0.2, faults: ['stall']},
		};
		expect(readScenario(scenario)).toEqual({scenario});
	});
});

describe('a task', () => {
	const notMade = faultNames.filter((name) => {
		const {at, works} = faultOf(name);
		return !works && (at === 'api' || at === 'create');
	});
	const made = faultNames.filter((name) => {
		const {at, works, lasts} = faultOf(name);
		return works && !lasts && name !== 'stall' && (at === 'api' || at === 'create');
	});

	test.each(notMade)('is not made by a create that meets %s', async (fault) => {
		const {sandbox, create, struck} = await sandboxWith(fault);
		await create('one').catch(() => {});
		expect({struck, held: sandbox.tasks()}).toEqual({struck: [fault], held: []});
	});

	test.each(made)('is made by a create that meets %s', async (fault) => {
		const {sandbox, create, struck} = await sandboxWith(fault);
		await create('one').catch(() => {});
		expect(struck).toEqual([fault]);
		expect(sandbox.tasks().map(({externalId}) => externalId)).toEqual(['one']);
	});

	test('is made by a create that meets stall, which never responds', async () => {
		const {sandbox} = await sandboxWith('stall');
		const {port} = new URL(sandbox.baseUrl);
		const socket = connect(Number(port), '127.0.0.1');
		let said = '';
		socket
			.on('error', () => {})
			.on('data', (chunk) => {
				said += chunk;
			});
		const body = bodyOf('one');
		socket.write(
			`POST ${createPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${sandbox.apiKey}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
		);
		await expect.poll(() => sandbox.tasks().length).toBe(1);
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect({said, open: !socket.closed}).toEqual({said: '', open: true});
		socket.destroy();
	});

	test('of late-task is found after two seconds, and not before', async () => {
		const {create, call} = await sandboxWith('late-task');
		await create('late').catch(() => {});
		const look = async () => ((await (await call(`${createPath}/late`)).json()) as {code: number}).code;
		expect(await look()).toBe(1201);
		await expect.poll(look).toBe(0);
	});
});

describe('a file', () => {
	const range = {headers: {range: 'bytes=10-19'}};

	test('whose link has expired gets a new one, and the old one stays expired', async () => {
		const {link} = await sandboxWith('expired-link');
		const old = await link();
		expect((await fetch(old)).status).toBe(403);
		const fresh = await link();
		expect(fresh).not.toBe(old);
		expect([(await fetch(old)).status, (await fetch(fresh)).status]).toEqual([403, 200]);
	});

	test.each<[FaultName, number, Record<string, string | null>, number]>([
		['range-ignored', 200, {'content-range': null}, 112_852],
		['range-refused', 416, {'content-range': 'bytes */112852'}, 41],
		['wrong-range', 206, {'content-range': 'bytes 11-19/112852'}, 9],
		['no-content-range', 206, {'content-range': null}, 10],
		['other-length', 206, {'content-range': 'bytes 10-19/112853'}, 10],
		['other-etag', 206, {etag: '"another-file"'}, 10],
		['no-length', 206, {'content-length': null, 'transfer-encoding': 'chunked'}, 10],
	])('requested with a range, with %s', async (fault, status, headers, length) => {
		const {link} = await sandboxWith(fault);
		const response = await fetch(await link(), range);
		const seen = Object.fromEntries(Object.keys(headers).map((name) => [name, response.headers.get(name)]));
		const bytes = await response.arrayBuffer();
		expect({status: response.status, seen, length: bytes.byteLength}).toEqual({
			status,
			seen: headers,
			length,
		});
	});

	test('with other-etag, If-Range with the earlier ETag returns the whole file', async () => {
		const {link} = await sandboxWith('other-etag');
		const url = await link();
		const etag = (await fetch(url, {method: 'HEAD'})).headers.get('etag') ?? '';
		const response = await fetch(url, {headers: {...range.headers, 'if-range': etag}});
		expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 112_852]);
	});
});
