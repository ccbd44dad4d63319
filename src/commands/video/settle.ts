import {Args} from '@oclif/core';
import type {Documents, SettledRow} from '../../cli/documents.js';
import {accountFlags, checkTaskId} from '../../cli/flags/shared.js';
import {TaskCommand} from '../../cli/task-command.js';
import {definedOnly} from '../../lib/errors/kling-error.js';
import type {JournalEntry} from '../../lib/journal/journal.js';
import {pathWord} from '../../lib/output/shell.js';
import {type Settled, settle} from '../../lib/tasks/reconcile.js';
import type {Session} from '../../lib/tasks/task-context.js';

export default class VideoSettle extends TaskCommand<Documents['video settle']> {
	static override description = `Find out what became of submits that were left alone.

Looks each one up by its external id and tells whether a task exists; it never submits. Without arguments it looks up all whose answer or end nobody has seen. next is the command to type: it waits for the task and downloads it; or, where Kling knows no task, it repeats the submit under the same external id, so that none is made twice. A lookup that got no answer has an error in place of exists, and sets the exit status.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> kling-mwtmrwjg-080b82106ae9976f',
	];

	static override capabilities = ['credentials', 'requests', 'lookup'] as const;

	static override args = {
		external_id: Args.string({
			description: 'external id of a submit',
			multiple: true,
			ignoreStdin: true,
			parse: checkTaskId,
		}),
	};
	static override flags = {...accountFlags};

	async run(): Promise<Documents['video settle'] | undefined> {
		const {args, flags} = await this.parse(VideoSettle);
		const session = await this.session(flags);
		const settled = await settle(session, args.external_id ?? []);
		const submits = settled.map((submit) => toRow(submit, session));
		const rows = {submits, count: submits.length};
		const worst = settled.flatMap(({error}) => error ?? []).sort((a, b) => b.exit - a.exit)[0];
		if (worst === undefined) return {success: true, ...rows};
		process.exitCode = worst.exit;
		return {...worst.toDocument(), ...rows};
	}
}

function toRow({entry, task, error}: Settled, session: Session): SettledRow {
	const {externalId, type, submittedAt} = entry;
	return definedOnly({
		external_task_id: externalId,
		type,
		submitted_at: submittedAt,
		exists: error ? undefined : task !== undefined,
		task_id: task?.id ?? entry.taskId,
		status: task?.status,
		error: error?.toDocument().error,
		next: error ? undefined : nextCommand(entry, task?.id, session),
	});
}

/** The command that ends with what the submit was for; undefined when the journal does not know enough. */
function nextCommand(
	{type, externalId, command: typed, download}: JournalEntry,
	taskId: string | undefined,
	{command}: Session,
): string | undefined {
	if (taskId !== undefined) {
		return command('video', 'download', taskId, '--type', type, '--wait', '-o', pathWord(download ?? '.'));
	}
	if (typed === undefined) return undefined;
	const named = typed.some((word) => /^--external-id(=|$)/.test(word));
	return command(...typed.slice(0, 2), ...(named ? [] : ['--external-id', externalId]), ...typed.slice(2));
}
