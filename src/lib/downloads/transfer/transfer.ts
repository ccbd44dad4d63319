import {setMaxListeners} from 'node:events';
import {KlingError} from '../../errors/kling-error.js';
import {blockBytes} from '../../net/block-pool.js';
import type {Body} from '../../net/body.js';
import type {Network} from '../../net/network.js';
import type {Clock} from '../../system/clock.js';
import type {Span, Spans} from './byte-ranges.js';
import {createSplitting, tickMs} from './connection-scaling.js';
import {type Claim, type PumpOptions, pump} from './pump.js';
import type {Beginning} from './read-small.js';

/** The server does not serve parts of the file as requested. */
export class NoPartsError extends KlingError {
	constructor() {
		super('download_error', 'the server sent something other than the bytes asked for');
	}
}

export interface TransferOptions extends PumpOptions {
	network: PumpOptions['network'] & Pick<Network, 'parts'>;
	/** What is missing on disk, in order. */
	missing: () => Spans;
	/** Bytes of the whole file. While it is Infinity (unknown), only one connection can be used. */
	length: number;
	/** Maximum number of connections. More than one only if the server is known to serve parts. */
	connections: number;
	/** Called before bytes arrive out of order. */
	spread: () => void;
	/** Opens a span; throws NoPartsError for any other response. */
	open: (span: Span, signal: AbortSignal) => Promise<Body>;
	clock: Clock;
	signal?: AbortSignal | undefined;
}

/** An open transfer to start with. */
export interface FirstBody {
	body: Body;
	/** The first missing span, or the whole file. */
	span: Span;
	isWhole: boolean;
	/** What was received of a file that fits into one block. */
	start?: Beginning | undefined;
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
const minPiece = 2 << 20;
/** Smaller files use a single connection. */
const minLength = 8 << 20;
/** Most parts of all files that are received at once; more only where so many files are. Each takes memory. */
const mostParts = 64;

/**
 * Downloads the missing bytes of a file over as many connections as help. When a connection fails, the others
 * take over its bytes.
 * @throws the first connection error, when bytes are still missing at the end
 */
export const transfer = (first: FirstBody, options: TransferOptions): Promise<void> =>
	first.isWhole && (options.length <= blockBytes || options.length === Number.POSITIVE_INFINITY)
		? fetchWhole(first, options)
		: new Transfer(first, options).run();

/** Downloads a file that fits into one block, or ends where the response ends. */
async function fetchWhole({body, start}: FirstBody, options: TransferOptions): Promise<void> {
	const claim = {at: 0, end: options.length};
	await pump(body, claim, options, start);
	if (claim.at < claim.end && claim.end !== Number.POSITIVE_INFINITY) throw tooShort();
}

class Transfer {
	readonly #first: FirstBody;
	readonly #options: TransferOptions;
	/** Spans that no worker has claimed. */
	readonly #todo: Span[];
	readonly #workers = new Set<Worker>();
	readonly #runs: Promise<void>[] = [];
	/** Aborts when no worker is left. */
	readonly #over = new AbortController();
	#failure: unknown;
	#servesParts = true;
	#received = 0;

	constructor(first: FirstBody, options: TransferOptions) {
		this.#first = first;
		this.#options = options;
		this.#todo = options.missing().filter(({start}) => start >= first.span.end);
	}

	async run(): Promise<void> {
		const {length, connections, signal, missing} = this.#options;
		const {span} = this.#first;
		this.#start({at: span.start, end: span.end}, this.#first);
		if (connections > 1 && length > minLength) {
			await this.#scale().catch((error: unknown) => {
				if (this.#over.signal.aborted) return;
				this.#failure ??= error;
				this.#keepOnly(undefined);
			});
		}
		await Promise.all(this.#runs);
		if (signal?.aborted) throw signal.reason;
		if (missing().length > 0) throw this.#failure ?? tooShort();
	}

	#start(claim: Claim, {body, isWhole = false}: {body?: Body; isWhole?: boolean} = {}): void {
		const stop = new AbortController();
		setMaxListeners(0, stop.signal);
		this.#runs.push(this.#work({claim, isWhole, received: 0, stop}, body));
	}

	/** Downloads one claim after the other until none is left. */
	async #work(worker: Worker, opened?: Body): Promise<void> {
		const {parts} = this.#options.network;
		this.#workers.add(worker);
		parts.count += 1;
		try {
			let body = opened;
			do {
				await this.#fetchClaim(worker, body);
				body = undefined;
			} while (this.#takeNext(worker));
		} catch (error) {
			this.#todo.push({start: worker.claim.at, end: worker.claim.end});
			if (!worker.stop.signal.aborted) this.#fail(error);
		} finally {
			this.#workers.delete(worker);
			parts.count -= 1;
			if (this.#workers.size === 0) this.#over.abort();
		}
	}

	async #fetchClaim(worker: Worker, opened?: Body): Promise<void> {
		const {claim, stop} = worker;
		const {open, signal, onBytes} = this.#options;
		const body =
			opened ??
			(await open(
				{start: claim.at, end: claim.end},
				AbortSignal.any([...(signal ? [signal] : []), stop.signal]),
			));
		stop.signal.addEventListener('abort', () => body.destroy(), {once: true});
		if (stop.signal.aborted) body.destroy();
		await pump(body, claim, {
			...this.#options,
			onBytes: (bytes) => {
				worker.received += bytes;
				this.#received += bytes;
				onBytes(bytes);
			},
		});
	}

	/** @returns whether the worker got another claim */
	#takeNext(worker: Worker): boolean {
		const {claim} = worker;
		if (claim.at < claim.end) throw tooShort();
		worker.isWhole = false;
		const next = this.#nextClaim();
		if (next) worker.claim = next;
		return next !== undefined;
	}

	/** A claim for an idle worker: unclaimed bytes, or else half of the largest claim. */
	#nextClaim(): Claim | undefined {
		if (!this.#servesParts) return undefined;
		const free = this.#todo.shift();
		if (free) return {at: free.start, end: free.end};
		const claims = [...this.#workers].map(({claim}) => claim);
		const [most] = claims.sort((a, b) => b.end - b.at - (a.end - a.at));
		if (!most || most.end - most.at < 2 * minPiece) return undefined;
		const {end} = most;
		most.end = most.at + Math.ceil((end - most.at) / 2);
		return {at: most.end, end};
	}

	/** Leaves all work to one worker. */
	#keepOnly(kept: Worker | undefined): void {
		for (const worker of this.#workers) if (worker !== kept) worker.stop.abort();
	}

	#fail(error: unknown): void {
		this.#failure ??= error;
		if (error instanceof NoPartsError) {
			this.#servesParts = false;
			// The worker that started with the whole file can also download the rest of it.
			const whole = [...this.#workers].find(({isWhole}) => isWhole);
			if (whole) whole.claim.end = this.#options.length;
			this.#keepOnly(whole);
		} else if (!(error instanceof KlingError) || error.exit === 10) this.#keepOnly(undefined);
	}

	/** Monitors the speed, and adds or removes connections. */
	async #scale(): Promise<void> {
		const {clock, pace} = this.#options;
		const decide = createSplitting();
		while (!this.#over.signal.aborted && this.#servesParts) {
			await clock.sleep(tickMs, this.#over.signal);
			const decision = decide({received: this.#received, rest: this.#rest(), waits: pace?.waits ?? 0});
			if (decision === 'more') this.#addWorkers();
			else if (decision === 'fewer') {
				const [best] = [...this.#workers].sort((a, b) => b.received - a.received);
				this.#keepOnly(best);
			}
		}
	}

	#addWorkers(): void {
		const {connections, spread, network} = this.#options;
		spread();
		const isUseful = () => this.#workers.size > 0 && this.#workers.size < connections && this.#servesParts;
		while (isUseful() && network.parts.count < mostParts) {
			const claim = this.#nextClaim();
			if (!claim) return;
			this.#start(claim);
		}
	}

	/** Bytes still to come. */
	#rest(): number {
		const claimed = [...this.#workers].map(({claim}) => ({start: claim.at, end: claim.end}));
		return [...claimed, ...this.#todo].reduce((sum, {start, end}) => sum + end - start, 0);
	}
}

function tooShort(): KlingError {
	return new KlingError('connection_error', 'the server sent fewer bytes');
}
