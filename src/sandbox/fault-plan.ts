import type {Place} from './fault-types.js';
import {type FaultName, faultOf} from './faults.js';

/** One fault, and when it strikes. */
export interface Step {
	fault: FaultName;
	/** How many times; if left out: once, or always if the fault is a condition. */
	times?: number | 'always';
	/** How many requests that it could strike are let through first. */
	after?: number;
	/** Only these requests; `*` in a path stands for anything, and the query is ignored. */
	match?: {method?: string; path?: string};
}

export interface Scenario {
	/** The first step that can strike a request does. */
	steps?: Step[];
	/** If no step strikes: one of the listed faults with this chance (0 to 1), the same ones for the same seed. */
	random?: {seed: number; rate: number; faults: FaultName[]};
}

/** The parts of a request that matter to a fault. */
export interface FaultyRequest {
	server: 'api' | 'file' | 'callback';
	method: string;
	/** Path and query. */
	url: string;
	/** Whether a range of a file is requested. */
	range: boolean;
}

/** Decides for each request in turn what goes wrong. */
export interface Faults {
	next(request: FaultyRequest): FaultName | undefined;
}

const canStrike: Readonly<Record<Place, (request: FaultyRequest) => boolean>> = {
	create: ({server, method}) => server === 'api' && method === 'POST',
	api: ({server}) => server === 'api',
	file: ({server}) => server === 'file',
	range: ({server, range}) => server === 'file' && range,
	callback: ({server}) => server === 'callback',
};

/** Whether a text matches a pattern in which `*` stands for anything. Takes linear time. */
export function matchesPattern(pattern: string, text: string): boolean {
	const [first = '', ...rest] = pattern.split('*');
	if (rest.length === 0) return text === first;
	const last = rest.pop() ?? '';
	if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
		return false;
	const end = text.length - last.length;
	let at = first.length;
	// The leftmost match of each part leaves the most room for those that follow.
	for (const part of rest) {
		const found = text.indexOf(part, at);
		if (found === -1 || found + part.length > end) return false;
		at = found + part.length;
	}
	return true;
}

function matches({match = {}}: Step, {method, url}: FaultyRequest): boolean {
	if (match.method !== undefined && match.method !== method) return false;
	return match.path === undefined || matchesPattern(match.path, url.split('?', 1)[0] ?? '');
}

/** Numbers from 0 up to 1, the same for the same seed: "mulberry32", in the public domain. */
export function numbersFrom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

function timesOf({fault, times}: Step): number {
	if (times === 'always') return Number.POSITIVE_INFINITY;
	return times ?? (faultOf(fault).lasts ? Number.POSITIVE_INFINITY : 1);
}

/** @returns what goes wrong with each request, as the scenario says; `onStrike` is called for each strike */
export function planFaults(
	{steps = [], random}: Scenario,
	onStrike: (fault: FaultName, request: FaultyRequest) => void = () => {},
): Faults {
	const waiting = steps.map((step) => ({step, spare: step.after ?? 0, left: timesOf(step)}));
	const number = numbersFrom(random?.seed ?? 0);

	const fromSteps = (request: FaultyRequest) =>
		waiting.find((state) => {
			const suits = canStrike[faultOf(state.step.fault).at](request) && matches(state.step, request);
			if (!suits || state.left === 0) return false;
			if (state.spare > 0) {
				state.spare--;
				return false;
			}
			state.left--;
			return true;
		})?.step.fault;

	const fromRandom = (request: FaultyRequest) => {
		const able = random?.faults.filter((name) => canStrike[faultOf(name).at](request)) ?? [];
		if (able.length === 0 || number() >= (random?.rate ?? 0)) return undefined;
		return able[Math.floor(number() * able.length)];
	};

	return {
		next(request) {
			const fault = fromSteps(request) ?? fromRandom(request);
			if (fault !== undefined) onStrike(fault, request);
			return fault;
		},
	};
}

/** Nothing ever goes wrong. */
export const noFaults: Faults = {next: () => undefined};
