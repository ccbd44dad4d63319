import type {ErrorDocument} from '../errors/kling-error.js';
import type {Standard} from '../task-types/standard.js';
import type {StatusDocument} from '../tasks/documents.js';

/* What `kling webhook listen` prints, one line each. */

/** The receiver is ready. */
export interface ListeningDocument {
	success: true;
	event: 'listening';
	/** Where it listens. */
	url: string;
	/** What to give to --callback-url. */
	callback_url: string;
	/** Whether signatures can be checked; if not, each delivery is looked up. */
	checks_signatures: boolean;
}

/** A task according to a delivery, or to the lookup that confirmed it. */
type DeliveredTask = Omit<StatusDocument, 'success'> & {
	/** Why the task failed. */
	error?: ErrorDocument['error'] | undefined;
};

/** A delivery that was accepted; it is reported once. */
export interface DeliveryDocument extends DeliveredTask {
	success: true;
	event: 'delivery';
	/** Its `webhook-id`, or one derived from its body if it has none. */
	delivery_id: string;
	/** Unix milliseconds. */
	received_at: number;
	/** What proves it: its signature, or a lookup at Kling that says the same. */
	verified: 'signature' | 'lookup';
	/** The API standard that made the task. */
	standard: Standard;
	/** True if the task is known to have ended already: deliveries may come out of order. */
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

/** A delivery that was passed on with --forward-to. */
export type ForwardedDocument =
	| ({
			success: true;
			/** HTTP status that the receiver returned. */
			response: number;
			/** Milliseconds until it responded. */
			ms: number;
	  } & ForwardFields)
	| (ErrorDocument & ForwardFields);

/** The --exec command has ended. */
export interface ExecutedDocument {
	success: boolean;
	event: 'executed';
	delivery_id: string;
	/** Its exit status; left out if it could not be started, or was ended by a signal. */
	exit?: number | undefined;
	/** Where it was ended because its time was up. */
	timed_out?: true | undefined;
}
