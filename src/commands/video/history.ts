import {Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {coded} from '../../cli/flags/facts.js';
import {accountFlags, csvFlag, expiringMs, wholeNumber} from '../../cli/flags/shared.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';
import {TaskCommand} from '../../cli/task-command.js';
import {definedOnly} from '../../lib/errors/kling-error.js';
import type {JournalEntry} from '../../lib/journal/journal.js';

export default class VideoHistory extends TaskCommand<Documents['video history']> {
	static override description = `List what this machine submitted.

Reads the journal of this machine, newest first, and sends nothing. A status is the last one that this machine saw; for the current one, see kling video status TASK_ID. Only tasks of the current account and address are shown. Kling deletes results 30 days after a task: --expiring and --missing find those to download, and next is the command that does.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --limit 5 --unsettled',
		'<%= config.bin %> <%= command.id %> --expiring 7d --missing --human',
		'<%= config.bin %> <%= command.id %> --limit 500 --csv > history.csv',
	];

	static override capabilities = ['credentials'] as const;

	static override flags = {
		csv: csvFlag,
		limit: Flags.custom<number>({
			char: 'l',
			helpValue: 'NUMBER',
			description: 'most tasks to list, 1-500',
			default: 30,
			parse: wholeNumber('limit', 1, 500, 'invalid_limit'),
		})(),
		unsettled: Flags.boolean({description: 'only submissions whose outcome is unknown'}),
		expiring: coded(
			'invalid_since',
			Flags.custom<number>({
				helpValue: 'SPAN',
				description: 'only tasks whose results Kling deletes within this time, such as 7d',
				parse: expiringMs,
			})(),
		),
		missing: Flags.boolean({description: 'only tasks whose result is not on this disk'}),
		...accountFlags,
	};

	async run(): Promise<Documents['video history'] | undefined> {
		const {flags} = await this.parse(VideoHistory);
		checkCsv(flags);
		const {journal, command} = await this.session(flags);
		const {isExpiring, isMissing} = await import('../../lib/tasks/expiring.js');
		const {expiring, missing, unsettled} = flags;
		const isShown = (entry: JournalEntry) =>
			(!unsettled || entry.outcome === 'unknown') &&
			(expiring === undefined || isExpiring(entry, this.clock.now(), expiring)) &&
			(!missing || isMissing(entry));
		const shown: JournalEntry[] = [];
		for (const entry of journal.newestFirst()) {
			if (isShown(entry)) shown.push(entry);
			if (shown.length === flags.limit) break;
		}
		const areResults = expiring !== undefined || missing;
		const tasks = shown.map((entry) => ({...toRow(entry), ...(areResults && {expires_at: entry.expiresAt})}));
		if (flags.csv) return printCsv(this.context, tasks, columns);
		if (this.mode.human && tasks.some(({status}) => status === 'submitted' || status === 'processing')) {
			this.notes.line('A status is the last one seen here; to ask Kling: kling video status TASK_ID');
		}
		const ids = shown.flatMap(({taskId}) => taskId ?? []);
		const next =
			areResults && ids.length > 0
				? {next: command('video', 'download', ...ids, '--skip-existing', '-o', './')}
				: {};
		return {success: true, tasks, count: tasks.length, ...next};
	}
}

const columns = ['task_id', 'status', 'created_at', 'type', 'prompt', 'external_task_id'] as const;

function toRow({taskId, status, outcome, submittedAt, type, request, externalId}: JournalEntry) {
	const {prompt} = (request ?? {}) as {prompt?: unknown};
	return definedOnly({
		task_id: taskId,
		status: outcome === 'made' ? status : outcome,
		created_at: submittedAt,
		type,
		prompt: typeof prompt === 'string' ? prompt : undefined,
		external_task_id: externalId,
	});
}
