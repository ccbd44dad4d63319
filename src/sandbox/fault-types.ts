import type {Answer} from './wire.js';

/** What a fault may look at when it spoils an answer. */
export interface Spoiling {
	/** What the client would get. */
	answer: Answer;
	/** The answer without a range; the same as `answer` for what is no file. */
	whole: Answer;
	headers: Readonly<Record<string, string | string[] | undefined>>;
	/** Path and query of the request. */
	url: string;
}

/** Which requests a fault can strike: a create, any request to the API, one for a file, or for a range of a file. */
export type Place = 'create' | 'api' | 'file' | 'range';

/** A thing that can go wrong. */
export interface Fault {
	at: Place;
	/** True when Kling does the work of the request all the same: a create makes its task. */
	works: boolean;
	/** An event strikes once unless told otherwise, a condition always. */
	lasts?: boolean;
	/** What goes wrong, for help and README. */
	text: string;
	/** Makes the answer to send; without it the answer stays. Of a fault that does no work, `answer` is empty. */
	spoil?: (spoiling: Spoiling) => Answer;
	/** Milliseconds by which the sandbox's clock is ahead. */
	clockMs?: number;
	/** Milliseconds for which a task that is made cannot be found. */
	hidesMs?: number;
	/** The link that was asked for is dead from now on; the next lookup of the task gives another. */
	killsLink?: boolean;
}
