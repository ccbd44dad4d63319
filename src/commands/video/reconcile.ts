import {Args} from '@oclif/core';
import type {ReconciledRow} from '../../cli/document-types/tasks.js';
import type {Documents} from '../../cli/documents.js';
import {checkTaskId} from '../../cli/flags/id-args.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {TaskCommand} from '../../cli/task-command.js';
import type {Task} from '../../lib/api/task.js';
import {definedOnly} from '../../lib/errors/kling-error.js';
import type {JournalEntry} from '../../lib/journal/journal.js';
import {pathWord} from '../../lib/output/shell.js';
import {isGenerated, nextExternalId} from '../../lib/tasks/external-ids.js';
import {type Reconciled, reconcile} from '../../lib/tasks/reconcile.js';
import type {Session} from '../../lib/tasks/task-context.js';

export default class VideoReconcile extends TaskCommand<Documents['video reconcile']> {
	static override description = `Find out what happened to submissions whose response was lost.

Looks up each one by its external id and shows whether a task exists; it never submits. Without arguments it looks up every submission whose response or result has not been seen. next is the command to type: it waits for the task and downloads it; where Kling knows no task, it submits again under the same external id, so that none is made twice; where the task failed, message says why, and next submits again under a new external id, which is a new task and costs again. A lookup that failed has an error instead of exists, and sets the exit status.`;

	static override hiddenAliases = ['video:settle'];

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> @last',
		'<%= config.bin %> <%= command.id %> kling-mwtmrwjg-080b82106ae9976f',
	];

	static override capabilities = ['credentials', 'requests', 'lookup'] as const;

	static override args = {
		external_id: Args.string({
			description: 'external id, task id, or @last; default: all whose outcome is unknown',
			multiple: true,
			ignoreStdin: true,
			parse: checkTaskId,
		}),
	};
	static override flags = {...accountFlags};

	async run(): Promise<Documents['video reconcile'] | undefined> {
		const {args, flags} = await this.parse(VideoReconcile);
		const session = await this.session(flags);
		const found = await reconcile(session, args.external_id ?? []);
		const submissions = found.map((one) => toRow(one, session));
		const rows = {submissions, count: submissions.length};
		const worst = found.flatMap(({error}) => error ?? []).sort((a, b) => b.exit - a.exit)[0];
		if (worst === undefined) return {success: true, ...rows};
		process.exitCode = worst.exit;
		return {...worst.toDocument(), ...rows};
	}
}

function toRow({entry, task, error}: Reconciled, session: Session): ReconciledRow {
	const {externalId, type, submittedAt} = entry;
	return definedOnly({
		external_task_id: externalId,
		type,
		submitted_at: submittedAt,
		exists: error ? undefined : task !== undefined,
		task_id: task?.id ?? entry.taskId,
		status: task?.status,
		message: task?.status === 'failed' ? (task.statusMessage ?? entry.message) : undefined,
		error: error?.toDocument().error,
		next: error ? undefined : nextCommand(entry, task, session),
	});
}

/**
 * The command that completes what the submission was for; undefined when the journal does not know enough.
 */
function nextCommand(
	{type, externalId, command: typed, download}: JournalEntry,
	task: Task | undefined,
	{command}: Session,
): string | undefined {
	if (task !== undefined && task.status !== 'failed') {
		return command('video', 'download', task.id, '--type', type, '--wait', '-o', pathWord(download ?? '.'));
	}
	if (typed === undefined) return undefined;
	const words = withoutExternalId(typed.slice(2));
	// A generated external id is not repeated.
	if (task !== undefined && isGenerated(externalId)) return command(...typed.slice(0, 2), ...words);
	const name = task === undefined ? externalId : nextExternalId(externalId);
	return command(...typed.slice(0, 2), '--external-id', name, ...words);
}

/** The words of a command without its external id. */
function withoutExternalId(words: readonly string[]): string[] {
	return words.filter((word, at) => !/^--external-id(=|$)/.test(word) && words[at - 1] !== '--external-id');
}
