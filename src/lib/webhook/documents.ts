import type {ErrorDocument} from '../errors/kling-error.js';
import type {Standard} from '../task-types/standard.js';
import type {StatusDocument} from '../tasks/documents.js';

/* What `kling webhook listen` prints, one line each. */

/** The receiver is there. */
export interface ListeningDocument {
	success: true;
	event: 'listening';
	/** Where it listens. */
	url: string;
	/** What to give to --callback-url. */
	callback_url: string;
	/** Whether signatures can be checked; otherwise each delivery is looked up. */
	checks_signatures: boolean;
}

/** A task as a delivery, or the look-up that confirmed it, says. */
type DeliveredTask = Omit<StatusDocument, 'success'> & {
	/** Of a task that failed. */
	error?: ErrorDocument['error'] | undefined;
};

/** A delivery that was accepted, once. */
export interface DeliveryDocument extends DeliveredTask {
	success: true;
	event: 'delivery';
	/** Its `webhook-id`, or one made of its body where it has none. */
	delivery_id: string;
	/** Unix milliseconds. */
	received_at: number;
	/** What proves it: its signature, or that Kling says the same when asked. */
	verified: 'signature' | 'lookup';
	/** Of the API that made the task. */
	standard: Standard;
	/** Where the task is known to have ended already: deliveries may come out of order. */
	outdated?: true | undefined;
}

/** A delivery that was not accepted. */
export interface RejectedDocument extends ErrorDocument {
	event: 'rejected';
	/** Unix milliseconds. */
	received_at: number;
}

interface ForwardFields {
	event: 'forwarded';
	delivery_id: string;
	to: string;
}

/** A delivery was handed on with --forward-to. */
export type ForwardedDocument =
	| ({
			success: true;
			/** HTTP status of the receiver. */
			response: number;
			/** Milliseconds until it answered. */
			ms: number;
	  } & ForwardFields)
	| (ErrorDocument & ForwardFields);

/** The command of --exec has ended. */
export interface ExecutedDocument {
	success: boolean;
	event: 'executed';
	delivery_id: string;
	/** Its exit status; left out where it could not be started, or was ended by a signal. */
	exit?: number | undefined;
	/** Where it was ended because its time was up. */
	timed_out?: true | undefined;
}
