import type {Standard} from '../../lib/task-types/standard.js';
import type {StatusDocument} from '../../lib/tasks/documents.js';
import type {
	DeliveryDocument,
	ExecutedDocument,
	ForwardedDocument,
	ListeningDocument,
	RejectedDocument,
} from '../../lib/webhook/documents.js';

/** What `listen` prints. */
export type ListenDocument =
	| ListeningDocument
	| DeliveryDocument
	| RejectedDocument
	| ForwardedDocument
	| ExecutedDocument
	| StatusDocument;

/** A delivery whose signature is right. */
export interface VerifiedDocument {
	success: true;
	valid: true;
	/** Its `webhook-id`. */
	delivery_id: string;
	/** When it was signed, Unix milliseconds. */
	sent_at: number;
	/** Of the API that made the task. */
	standard: Standard;
	task_id: string;
	status: string;
	external_task_id?: string | undefined;
}
