import type {ErrorDocument} from '../../lib/errors/kling-error.js';
import type {DryRunDocument} from '../../lib/task-types/dry-run.js';
import type {EffectScene} from '../../lib/task-types/effect-scenes.js';
import type {FollowedDocument, SubmittedDocument} from '../../lib/tasks/documents.js';
import type {Face} from '../../lib/tasks/faces.js';
import type {HistoryRow} from '../../lib/tasks/history-row.js';
import type {TaskRow} from '../../lib/tasks/list-tasks.js';

export type MakingDocument = SubmittedDocument | FollowedDocument | DryRunDocument;

export interface TaskListDocument {
	success: true;
	tasks: TaskRow[];
	/** Number of rows in `tasks`. */
	count: number;
	/** Whether there may be more pages; with --verbose. */
	has_more?: true | undefined;
}

export interface FaceRows {
	/** Value for --session. */
	session_id: string;
	faces: Face[];
	count: number;
}

export interface MarkedDocument {
	success: true;
	/** Value for --session. */
	session_id: string;
	/** Path of the preview. */
	preview: string;
	/** Number of frames of the video. */
	frames?: number | undefined;
	fps?: number | undefined;
	width?: number | undefined;
	height?: number | undefined;
	/** The command that submits. */
	next: string;
}

export interface SceneListDocument {
	success: true;
	scenes: EffectScene[];
	count: number;
	/** The date on which Kling's list was read. It changes every month. */
	read_on: string;
}

export interface HistoryDocument {
	success: true;
	tasks: HistoryRow[];
	count: number;
	/** Whether there are more than --limit allowed. */
	has_more: boolean;
	/** Total number; with --verbose. */
	total?: number | undefined;
	/** The command to type next; with --expiring or --missing. */
	next?: string | undefined;
}

/** The outcome of a request whose outcome was unknown. */
export interface ReconciledRow {
	external_task_id: string;
	type: string;
	/** Unix milliseconds. */
	submitted_at: number;
	/** Whether a task was made; left out when there was no response. */
	exists?: boolean | undefined;
	task_id?: string | undefined;
	status?: string | undefined;
	/** Why the task failed. */
	message?: string | undefined;
	error?: ErrorDocument['error'] | undefined;
	/** The command to type next. */
	next?: string | undefined;
}

export interface ReconciledRows {
	submissions: ReconciledRow[];
	count: number;
}
