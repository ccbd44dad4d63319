import {setMaxListeners} from 'node:events';
import {KlingError} from '../../errors/kling-error.js';
import type {Clock} from '../../system/clock.js';
import type {Body} from './body.js';
import type {Span, Spans} from './byte-ranges.js';
import {createSplitting, tickMs} from './connection-scaling.js';
import {type Claim, type PourOptions, pour} from './pump.js';

/** The server does not give parts of the file as it is asked for them. */
export class NoPartsError extends KlingError {
	constructor() {
		super('download_error', 'the server sent something other than the bytes asked for');
	}
}

export interface TransferOptions extends PourOptions {
	/** What is missing on disk, in order. */
	missing: () => Spans;
	/** Bytes of the whole file; Infinity while unknown, when only one connection can be used. */
	length: number;
	/** The most connections; more than one only where the server is known to serve parts. */
	connections: number;
	/** Called before bytes come in another order than that of the file. */
	spread: () => void;
	/** Opens the bytes of a span; throws NoPartsError for an answer that is anything else. */
	open: (span: Span, signal: AbortSignal) => Promise<Body>;
	clock: Clock;
	signal?: AbortSignal | undefined;
}

/** An open transfer to begin with. */
export interface FirstBody {
	body: Body;
	/** The first span that is missing; of a whole file, all of it. */
	span: Span;
	isWhole: boolean;
}

/** One connection at a time, for one claim after the other. */
interface Worker {
	claim: Claim;
	/** Whether its body continues to the end of the file. */
	isWhole: boolean;
	received: number;
	stop: AbortController;
}

/** Smaller pieces are not worth a request of their own. */
const leastPiece = 2 << 20;
/** Smaller files come over one connection. */
const leastLength = 8 << 20;

/**
 * Fetches what is missing of a file, over as many connections as help. One that fails leaves its bytes to the others.
 * @throws what the first failing connection threw, when bytes are still missing at the end
 */
export async function transfer(first: FirstBody, options: TransferOptions): Promise<void> {
	const {length, connections, open, clock, signal, spread} = options;
	const todo: Span[] = options.missing().filter(({start}) => start >= first.span.end);
	const workers = new Set<Worker>();
	const runs: Promise<void>[] = [];
	const over = new AbortController();
	let failure: unknown;
	let servesParts = true;
	let received = 0;

	const rest = () =>
		[...[...workers].map(({claim}) => ({start: claim.at, end: claim.end})), ...todo].reduce(
			(sum, {start, end}) => sum + end - start,
			0,
		);

	/** A claim for a worker that has nothing to do: what nobody has, else half of what somebody has. */
	function nextClaim(): Claim | undefined {
		if (!servesParts) return undefined;
		const free = todo.shift();
		if (free) return {at: free.start, end: free.end};
		const [most] = [...workers].map(({claim}) => claim).sort((a, b) => b.end - b.at - (a.end - a.at));
		if (!most || most.end - most.at < 2 * leastPiece) return undefined;
		const {end} = most;
		most.end = most.at + Math.ceil((end - most.at) / 2);
		return {at: most.end, end};
	}

	async function run(worker: Worker, opened?: Body): Promise<void> {
		workers.add(worker);
		const {stop} = worker;
		try {
			for (let body = opened; ; body = undefined) {
				const {claim} = worker;
				body ??= await open(
					{start: claim.at, end: claim.end},
					AbortSignal.any([...(signal ? [signal] : []), stop.signal]),
				);
				const current = body;
				stop.signal.addEventListener('abort', () => current.destroy(), {once: true});
				if (stop.signal.aborted) current.destroy();
				await pour(current, claim, {
					...options,
					onBytes(bytes) {
						worker.received += bytes;
						received += bytes;
						options.onBytes(bytes);
					},
				});
				// Where no length was told, the end is where the server ends.
				if (claim.end === Number.POSITIVE_INFINITY) break;
				if (claim.at < claim.end) throw tooShort();
				worker.isWhole = false;
				const next = nextClaim();
				if (!next) break;
				worker.claim = next;
			}
		} catch (error) {
			todo.push({start: worker.claim.at, end: worker.claim.end});
			if (!stop.signal.aborted) fail(error);
		} finally {
			workers.delete(worker);
			if (workers.size === 0) over.abort();
		}
	}

	function start(claim: Claim, {body, isWhole = false}: {body?: Body; isWhole?: boolean} = {}): void {
		const stop = new AbortController();
		setMaxListeners(0, stop.signal);
		runs.push(run({claim, isWhole, received: 0, stop}, body));
	}

	/** Leaves all the work to one. */
	function keepOnly(kept: Worker | undefined): void {
		for (const worker of workers) if (worker !== kept) worker.stop.abort();
	}

	function fail(error: unknown): void {
		failure ??= error;
		if (error instanceof NoPartsError) {
			servesParts = false;
			// The one that began with the whole file can bring the rest of it, instead of the others.
			const whole = [...workers].find(({isWhole}) => isWhole);
			if (whole) whole.claim.end = length;
			keepOnly(whole);
		} else if (!(error instanceof KlingError) || error.exit === 10) keepOnly(undefined);
	}

	function more(): void {
		spread();
		while (workers.size > 0 && workers.size < connections && servesParts) {
			const claim = nextClaim();
			if (!claim) return;
			start(claim);
		}
	}

	/** Watches the speed, and adds connections or takes them away. */
	async function watch(): Promise<void> {
		const decide = createSplitting();
		while (!over.signal.aborted && servesParts) {
			await clock.sleep(tickMs, over.signal);
			const decision = decide({received, rest: rest(), waits: options.pace?.waits ?? 0});
			if (decision === 'more') more();
			else if (decision === 'fewer') {
				const [best] = [...workers].sort((a, b) => b.received - a.received);
				keepOnly(best);
			}
		}
	}

	start({at: first.span.start, end: first.span.end}, first);
	if (connections > 1 && length > leastLength) {
		await watch().catch((error: unknown) => {
			if (over.signal.aborted) return;
			failure ??= error;
			keepOnly(undefined);
		});
	}
	await Promise.all(runs);
	if (signal?.aborted) throw signal.reason;
	if (length === Number.POSITIVE_INFINITY && failure !== undefined) throw failure;
	if (options.missing().length > 0) throw failure ?? tooShort();
}

function tooShort(): KlingError {
	return new KlingError('connection_error', 'the server sent fewer bytes');
}
