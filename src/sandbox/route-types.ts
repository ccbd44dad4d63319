import type {Reply} from './reply.js';
import type {Body} from './rules/read.js';
import type {State} from './state.js';

/** A request that has passed its token. */
export interface Call {
	/** The last segment of a path with one; else empty. */
	id: string;
	query: URLSearchParams;
	/** Of a POST. */
	body: Body;
	state: State;
	/** Milliseconds for which a task that is made cannot be found. */
	hidesMs: number;
}

export type Handler = (call: Call) => Reply;

export interface Methods {
	GET?: Handler;
	POST?: Handler;
}

/** Who answers which path. */
export interface Routes {
	exact: Readonly<Record<string, Methods>>;
	/** Paths with one more segment, which is an id or a model. */
	under: Readonly<Record<string, Methods>>;
}
