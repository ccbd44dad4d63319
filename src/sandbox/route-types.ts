import type {Reply} from './reply.js';
import type {Body} from './rules/read.js';
import type {State} from './state.js';

/** A request whose token was accepted. */
export interface Call {
	/** The last segment of a path that has one; otherwise empty. */
	id: string;
	query: URLSearchParams;
	/** The body of a POST. */
	body: Body;
	state: State;
	/** Milliseconds during which a new task cannot be found. */
	hidesMs: number;
}

export type Handler = (call: Call) => Reply;

export interface Methods {
	GET?: Handler;
	POST?: Handler;
}

/** The handler for each path. */
export interface Routes {
	exact: Readonly<Record<string, Methods>>;
	/** Paths with one more segment, which is an id or a model. */
	under: Readonly<Record<string, Methods>>;
}
