import {readdirSync, readFileSync} from 'node:fs';
import {afterEach, describe, expect, test} from 'vitest';
import {planFaults} from '../../src/sandbox/fault-plan.js';
import type {FaultName} from '../../src/sandbox/faults.js';
import {type IdKind, idOf} from '../../src/sandbox/ids.js';
import {type Kling, startKling} from './kling.js';

interface Fixture {
	request: {
		method: string;
		path: string;
		headers: Record<string, string>;
		query?: Record<string, string>;
		body?: object;
	};
	/** `body_text` of what is no JSON. */
	response: {status: number; body: {data?: unknown}; body_text?: string};
}

/** Brings the sandbox into the state that a fixture's `about` describes: sends the request of another fixture. */
export interface Step {
	post: string;
	change?: object;
	/** The fixture's names for the task that is made and for what it results in. */
	names?: Partial<Record<IdKind, string>>;
	/** Seconds to pass afterwards. */
	wait?: number;
}

/** 45 units each: 18 of them are more than the packs of videos hold. What comes next is paid from the balance. */
export const emptyPacks: Step[] = Array.from({length: 18}, () => ({
	post: 'omni-video.create.text.submitted',
	change: {mode: '4k', duration: '15', external_task_id: ''},
	wait: 300,
}));

export interface Replay {
	before?: Step[];
	/** Where the fixture's own request cannot cause its reply. */
	change?: object;
	raw?: string;
	token?: (kling: Kling) => string;
	/** Why only the names and kinds of the values are compared. */
	shape?: string;
	/** Keys that the fixture and the sandbox do not share, and why. */
	without?: {keys: readonly string[]; why: string};
	models?: 'as-announced';
	/** What goes wrong with the request. */
	fault?: FaultName;
}

const root = new URL('../fixtures/', import.meta.url);

/** The names of the fixtures of a folder. */
const namesIn = (folder: string): string[] =>
	readdirSync(new URL(`${folder}/`, root)).map((file) => file.replace(/\.json$/, ''));

const placeOf = new Map(
	['exchanges', 'newer', 'other'].flatMap((folder) =>
		namesIn(folder).map(
			(name) => [folder === 'newer' ? `new.${name}` : name, `${folder}/${name}.json`] as const,
		),
	),
);

// An element_id exceeds 2^53: it goes through the parser as a text, and out again as the number that it is.
function load(name: string): Fixture {
	const text = readFileSync(new URL(placeOf.get(name) ?? name, root), 'utf8');
	return JSON.parse(text.replaceAll(/": (\d{16,})/g, '": "@$1@"'));
}

const write = (body: unknown) => JSON.stringify(body).replaceAll(/"@(\d+)@"/g, '$1');

type Renamed = Map<string, string>;

const rename = (text: string, renamed: Renamed) =>
	[...renamed].reduce((result, [from, to]) => result.replaceAll(from, to), text);

const isNewer = (path: string) =>
	/^\/(tasks|solutions|text-to|image-to|omni-video|motion-control)/.test(path);

async function send(kling: Kling, request: Fixture['request'], renamed: Renamed, replay: Replay = {}) {
	const query = request.query ? rename(`?${new URLSearchParams(request.query)}`, renamed) : '';
	const body = request.body && rename(write({...request.body, ...replay.change}), renamed);
	const withToken = 'Authorization' in request.headers;
	const usual = () => (isNewer(request.path) ? kling.sandbox.apiKey : kling.token());
	return kling.call(request.method, rename(request.path, renamed) + query, {
		...(body === undefined ? {} : {body: replay.raw ?? body}),
		token: withToken ? (replay.token?.(kling) ?? usual()) : null,
	});
}

/** The id of the task that a reply made. */
function madeBy(data: unknown): string {
	const {task_id: v1, id, session_id: session} = (data ?? {}) as Record<string, string>;
	return v1 ?? id ?? session?.replace(/^(.{9})5/, '$10') ?? '';
}

async function take(kling: Kling, step: Step, renamed: Renamed) {
	const {request} = load(step.post);
	const {body} = await send(kling, request, renamed, {change: step.change ?? {}});
	expect(body.code, body.message).toBe(0);
	const {session_id: session} = (body.data ?? {}) as {session_id?: string};
	for (const [kind, name] of Object.entries(step.names ?? {}) as [IdKind, string][]) {
		if (kind === 'session' && session !== undefined) renamed.set(name, session);
		else renamed.set(name, kind === 'task' ? madeBy(body.data) : idOf(madeBy(body.data), kind));
	}
	kling.pass(step.wait ?? 0);
}

const ids = new Set(['task_id', 'id', 'session_id', 'voice_id', 'element_id', 'next_cursor']);
const times = new Set(['created_at', 'updated_at', 'create_time', 'update_time']);

function describeUrl(value: string) {
	const url = new URL(value);
	return `link to a .${url.pathname.split('.').at(-1)} with ${[...url.searchParams.keys()].join(' ')}`;
}

// What differs from run to run becomes its form; key order is kept by comparing the written text.
function form(body: unknown, without: readonly string[]) {
	return JSON.stringify(
		body,
		(key, value) => {
			if (without.includes(key)) return undefined;
			if (key === 'request_id')
				return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value) ? 'uuid' : value;
			if (ids.has(key) && /^@?\d{18}@?$/.test(value)) return '18 digits';
			if (times.has(key)) return Number.isInteger(value) && value > 1e12 ? 'ms' : value;
			return typeof value === 'string' && /^https?:/.test(value) ? describeUrl(value) : value;
		},
		'\t',
	);
}

/** Names, their order and kinds of values; of a list that of its first item. */
function shapeOf(value: unknown, without: readonly string[]): unknown {
	if (Array.isArray(value)) return value.slice(0, 1).map((item) => shapeOf(item, without));
	if (typeof value === 'string' && /^@\d+@$/.test(value)) return 'number';
	if (typeof value !== 'object' || value === null) return typeof value;
	const known = Object.entries(value).filter(([key]) => !without.includes(key));
	return Object.fromEntries(known.map(([key, item]) => [key, shapeOf(item, without)]));
}

const shapeText = (value: unknown, without: readonly string[]) =>
	JSON.stringify(shapeOf(value, without), null, '\t');

/** Tests that every fixture of a folder is replayed, or left out for a reason. */
export function replayFolder(
	folder: string,
	replays: Readonly<Record<string, Replay>>,
	leftOut: Readonly<Record<string, string>>,
): void {
	const prefix = folder === 'newer' ? 'new.' : '';

	test(`every fixture of ${folder} is either replayed or left out for a reason`, () => {
		const all = namesIn(folder).map((name) => prefix + name);
		expect([...Object.keys(replays), ...Object.keys(leftOut)].sort()).toEqual(all.sort());
	});

	describe('the sandbox answers as Kling does', () => {
		let kling: Kling;
		afterEach(() => kling.sandbox.close());

		test.each(Object.keys(replays))('%s', async (name) => {
			const replay = replays[name] ?? {};
			const fixture = load(name);
			kling = await startKling({
				...(replay.models && {models: replay.models}),
				...(replay.fault && {faults: planFaults({steps: [{fault: replay.fault}]})}),
			});
			const renamed: Renamed = new Map();
			for (const step of replay.before ?? []) await take(kling, step, renamed);
			const answer = await send(kling, fixture.request, renamed, replay);
			expect(answer.status, answer.text).toBe(fixture.response.status);
			if (fixture.response.body_text !== undefined) {
				expect(answer.text).toBe(fixture.response.body_text);
				return;
			}
			const expected = fixture.response.body;
			// Below the tasks of the fixture there are those that the sandbox starts with.
			if (name.endsWith('.list.page') && Array.isArray(answer.body.data) && Array.isArray(expected.data)) {
				answer.body.data.length = Math.min(answer.body.data.length, expected.data.length);
			}
			// Recorded before failed tasks said what they cost, which is nothing.
			const tasks = [answer.body.data].flat() as {task_status?: string; final_unit_deduction?: string}[];
			for (const task of tasks) if (task?.task_status === 'failed') delete task.final_unit_deduction;
			const keys = replay.without?.keys ?? [];
			if (replay.shape !== undefined) {
				expect(shapeText(answer.body.data, keys)).toBe(shapeText(expected.data, keys));
				return;
			}
			expect(form(answer.body, keys)).toBe(rename(form(expected, keys), renamed));
		});
	});
}
