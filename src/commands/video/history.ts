import {Flags} from '@oclif/core';
import {KlingCommand} from '../../base-command.js';
import {regionFlag, wholeNumber} from '../../flags.js';
import {definedOnly} from '../../lib/errors/kling-error.js';
import type {JournalEntry} from '../../lib/tasks/journal.js';

export default class VideoHistory extends KlingCommand {
	static override description = `List what this machine has submitted.

Reads the journal of this machine, newest first, and asks Kling nothing. A status is the last one seen. Only tasks of the present account and address are shown.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --limit 5 --unsettled',
	];

	static override flags = {
		limit: Flags.custom<number>({
			char: 'l',
			helpValue: 'NUMBER',
			description: 'tasks at most, 1-500',
			default: 30,
			parse: wholeNumber('limit', 1, 500, 'invalid_limit'),
		})(),
		unsettled: Flags.boolean({description: 'only submits whose outcome is unknown'}),
		region: regionFlag,
	};

	async run() {
		const {flags} = await this.parse(VideoHistory);
		const {journal} = await this.session(flags);
		const tasks = (await journal.entries())
			.filter(({outcome}) => !flags.unsettled || outcome === 'unknown')
			.reverse()
			.slice(0, flags.limit)
			.map(toRow);
		return {success: true, tasks, count: tasks.length};
	}
}

function toRow({taskId, status, outcome, submittedAt, type, request, externalId}: JournalEntry): object {
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
