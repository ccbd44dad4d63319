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

/** A delivery with a valid signature. */
export interface VerifiedDocument {
	success: true;
	valid: true;
	/** Its `webhook-id`. */
	delivery_id: string;
	/** When it was signed, Unix milliseconds. */
	sent_at: number;
	/** The API standard that made the task. */
	standard: Standard;
	task_id: string;
	status: string;
	external_task_id?: string | undefined;
}
