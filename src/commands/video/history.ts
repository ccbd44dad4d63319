import {Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {accountFlags, csvFlag, wholeNumber} from '../../cli/flags/shared.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';
import {TaskCommand} from '../../cli/task-command.js';
import {definedOnly} from '../../lib/errors/kling-error.js';
import type {JournalEntry} from '../../lib/journal/journal.js';

export default class VideoHistory extends TaskCommand<Documents['video history']> {
	static override description = `List what this machine has submitted.

Reads the journal of this machine, newest first, and asks Kling nothing. A status is the last one that this machine saw; a task may have ended since, and kling video status TASK_ID asks. Only tasks of the present account and address are shown.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --limit 5 --unsettled',
		'<%= config.bin %> <%= command.id %> --limit 500 --csv > history.csv',
	];

	static override capabilities = ['credentials'] as const;

	static override flags = {
		csv: csvFlag,
		limit: Flags.custom<number>({
			char: 'l',
			helpValue: 'NUMBER',
			description: 'tasks at most, 1-500',
			default: 30,
			parse: wholeNumber('limit', 1, 500, 'invalid_limit'),
		})(),
		unsettled: Flags.boolean({description: 'only submits whose outcome is unknown'}),
		...accountFlags,
	};

	async run(): Promise<Documents['video history'] | undefined> {
		const {flags} = await this.parse(VideoHistory);
		checkCsv(flags);
		const {journal} = await this.session(flags);
		const tasks = (await journal.entries())
			.filter(({outcome}) => !flags.unsettled || outcome === 'unknown')
			.reverse()
			.slice(0, flags.limit)
			.map(toRow);
		if (flags.csv) return printCsv(this.context, tasks, columns);
		if (this.mode.human && tasks.some(({status}) => status === 'submitted' || status === 'processing')) {
			this.notes.line('A status is the last one seen here; to ask Kling: kling video status TASK_ID');
		}
		return {success: true, tasks, count: tasks.length};
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
