import type {Body, Sink} from './body.js';
import type {FileHead} from './file-head.js';

/** The connection that a body comes from. */
interface BodySource {
	/** Passes the body to its sink, first what has arrived already. */
	pour(body: KnownBody): void;
	pause(): void;
	resume(): void;
	destroy(): void;
}

/** A body of known length. It needs no end of its own. */
export class KnownBody implements Body {
	/** Bytes still to come. */
	left: number;
	sink: Sink | undefined;
	ended: ((error?: unknown) => void) | undefined;

	constructor(
		private readonly connection: BodySource,
		readonly head: FileHead,
	) {
		this.left = head.length;
	}

	flow(sink: Sink, ended: (error?: unknown) => void): void {
		this.sink = sink;
		this.ended = ended;
		if (this.left > 0) this.connection.pour(this);
		else ended();
	}

	// After the last byte, the connection may be another request's.
	pause(): void {
		if (this.left > 0) this.connection.pause();
	}

	resume(): void {
		if (this.left > 0) this.connection.resume();
	}

	destroy(): void {
		if (this.left > 0) this.connection.destroy();
	}
}
