import type {SandboxResponse} from './send-response.js';

/** What a fault gets when it changes a response. */
export interface FaultContext {
	/** What the client would get. */
	answer: SandboxResponse;
	/** The response without a range; the same as `answer` if it is not a file. */
	whole: SandboxResponse;
	headers: Readonly<Record<string, string | string[] | undefined>>;
	/** Path and query of the request. */
	url: string;
}

/** Which requests a fault can strike: a create, any request to the API, one for a file, or for a range of a file. */
export type Place = 'create' | 'api' | 'file' | 'range' | 'callback';

/** What happens to a delivery to a `callback_url`. */
export type DeliveryFault = 'late' | 'twice' | 'after-next' | 'wrong-signature' | 'lost';

/** Something that can go wrong. */
export interface Fault {
	at: Place;
	/** True if Kling carries out the request anyway: a create makes its task. */
	works: boolean;
	/** An event strikes once by default, a condition always. */
	lasts?: boolean;
	/** What goes wrong, for help and README. */
	text: string;
	/** Returns the response to send; without it the response stays. If the request is not carried out, `answer` is empty. */
	apply?: (context: FaultContext) => SandboxResponse;
	/** Milliseconds by which the sandbox's clock is ahead. */
	clockMs?: number;
	/** Milliseconds during which a new task cannot be found. */
	hidesMs?: number;
	/** The requested link stops working; the next lookup of the task returns another. */
	killsLink?: boolean;
	delivery?: DeliveryFault;
}
