import {setMaxListeners} from 'node:events';
import {KlingError} from '../../errors/kling-error.js';
import type {Clock} from '../../system/clock.js';
import type {Body} from './body.js';
import type {Span, Spans} from './byte-ranges.js';
import {createSplitting, tickMs} from './connection-scaling.js';
import {type Claim, type PumpOptions, pump} from './pump.js';

/** The server does not give parts of the file as it is asked for them. */
export class NoPartsError extends KlingError {
	constructor() {
		super('download_error', 'the server sent something other than the bytes asked for');
	}
}

export interface TransferOptions extends PumpOptions {
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
export const transfer = (first: FirstBody, options: TransferOptions): Promise<void> =>
	new Transfer(first, options).run();

class Transfer {
	readonly #first: FirstBody;
	readonly #options: TransferOptions;
	/** What no worker has. */
	readonly #todo: Span[];
	readonly #workers = new Set<Worker>();
	readonly #runs: Promise<void>[] = [];
	/** Aborted when no worker is left. */
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
		if (connections > 1 && length > leastLength) {
			await this.#scale().catch((error: unknown) => {
				if (this.#over.signal.aborted) return;
				this.#failure ??= error;
				this.#keepOnly(undefined);
			});
		}
		await Promise.all(this.#runs);
		if (signal?.aborted) throw signal.reason;
		if (length === Number.POSITIVE_INFINITY && this.#failure !== undefined) throw this.#failure;
		if (missing().length > 0) throw this.#failure ?? tooShort();
	}

	#start(claim: Claim, {body, isWhole = false}: {body?: Body; isWhole?: boolean} = {}): void {
		const stop = new AbortController();
		setMaxListeners(0, stop.signal);
		this.#runs.push(this.#work({claim, isWhole, received: 0, stop}, body));
	}

	/** Fetches one claim after the other until nothing is left to do. */
	async #work(worker: Worker, opened?: Body): Promise<void> {
		this.#workers.add(worker);
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

	/** @returns whether there is something left to do for a worker that is done with its claim */
	#takeNext(worker: Worker): boolean {
		const {claim} = worker;
		// Where the length is unknown, the file ends where the server ends.
		if (claim.end === Number.POSITIVE_INFINITY) return false;
		if (claim.at < claim.end) throw tooShort();
		worker.isWhole = false;
		const next = this.#nextClaim();
		if (next) worker.claim = next;
		return next !== undefined;
	}

	/** A claim for an idle worker: bytes that no worker has claimed, otherwise half of the largest claim. */
	#nextClaim(): Claim | undefined {
		if (!this.#servesParts) return undefined;
		const free = this.#todo.shift();
		if (free) return {at: free.start, end: free.end};
		const claims = [...this.#workers].map(({claim}) => claim);
		const [most] = claims.sort((a, b) => b.end - b.at - (a.end - a.at));
		if (!most || most.end - most.at < 2 * leastPiece) return undefined;
		const {end} = most;
		most.end = most.at + Math.ceil((end - most.at) / 2);
		return {at: most.end, end};
	}

	/** Leaves all the work to one. */
	#keepOnly(kept: Worker | undefined): void {
		for (const worker of this.#workers) if (worker !== kept) worker.stop.abort();
	}

	#fail(error: unknown): void {
		this.#failure ??= error;
		if (error instanceof NoPartsError) {
			this.#servesParts = false;
			// The one that began with the whole file can bring the rest of it, instead of the others.
			const whole = [...this.#workers].find(({isWhole}) => isWhole);
			if (whole) whole.claim.end = this.#options.length;
			this.#keepOnly(whole);
		} else if (!(error instanceof KlingError) || error.exit === 10) this.#keepOnly(undefined);
	}

	/** Watches the speed, and adds connections or takes them away. */
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
		const {connections, spread} = this.#options;
		spread();
		while (this.#workers.size > 0 && this.#workers.size < connections && this.#servesParts) {
			const claim = this.#nextClaim();
			if (!claim) return;
			this.#start(claim);
		}
	}

	/** Bytes to come. */
	#rest(): number {
		const claimed = [...this.#workers].map(({claim}) => ({start: claim.at, end: claim.end}));
		return [...claimed, ...this.#todo].reduce((sum, {start, end}) => sum + end - start, 0);
	}
}

function tooShort(): KlingError {
	return new KlingError('connection_error', 'the server sent fewer bytes');
}
