import type {Answer} from './wire.js';

/** What a fault has to go by when it changes a response. */
export interface FaultContext {
	/** What the client would get. */
	answer: Answer;
	/** The answer without a range; the same as `answer` for what is no file. */
	whole: Answer;
	headers: Readonly<Record<string, string | string[] | undefined>>;
	/** Path and query of the request. */
	url: string;
}

/** Which requests a fault can strike: a create, any request to the API, one for a file, or for a range of a file. */
export type Place = 'create' | 'api' | 'file' | 'range' | 'callback';

/** What happens to a delivery to a `callback_url`. */
export type DeliveryFault = 'late' | 'twice' | 'after-next' | 'wrong-signature' | 'lost';

/** A thing that can go wrong. */
export interface Fault {
	at: Place;
	/** True when Kling does the work of the request anyway: a create makes its task. */
	works: boolean;
	/** An event strikes once by default, a condition always. */
	lasts?: boolean;
	/** What goes wrong, for help and README. */
	text: string;
	/** Makes the response to send; without it the response stays. For a fault that does no work, `answer` is empty. */
	apply?: (context: FaultContext) => Answer;
	/** Milliseconds by which the sandbox's clock is ahead. */
	clockMs?: number;
	/** Milliseconds for which a task that is made cannot be found. */
	hidesMs?: number;
	/** The link that was asked for is dead from now on; the next lookup of the task gives another. */
	killsLink?: boolean;
	delivery?: DeliveryFault;
}
