import {Args} from '@oclif/core';
import {KlingCommand} from '../../base-command.js';
import {checkTaskId, regionFlag} from '../../flags.js';
import {definedOnly} from '../../lib/errors/kling-error.js';
import type {Session} from '../../lib/tasks/session.js';
import {type Settled, settle} from '../../lib/tasks/settle.js';

export default class VideoSettle extends KlingCommand {
	static override description = `Find out what became of submits that were left alone.

Looks each one up by its external id and tells whether a task exists; it never submits. Without arguments it looks up all whose answer or end nobody has seen; next is the command that waits for the task and downloads it. A submit that Kling does not know has most likely made no task: repeat its command with the same external id, and none is made twice.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> kling-mwtmrwjg-080b82106ae9976f',
	];

	static override args = {
		external_id: Args.string({
			description: 'external id of a submit',
			multiple: true,
			ignoreStdin: true,
			parse: checkTaskId,
		}),
	};
	static override flags = {region: regionFlag};

	async run() {
		const {args, flags} = await this.parse(VideoSettle);
		const session = await this.session(flags);
		const settled = await settle(session, args.external_id ?? []);
		const submits = settled.map((submit) => toRow(submit, session));
		return {success: true, submits, count: submits.length};
	}
}

function toRow({entry: {externalId, type, submittedAt}, task}: Settled, {command}: Session): object {
	const next = task && command('video', 'download', task.id, '--type', type, '--wait', '-o', '.');
	return definedOnly({
		external_task_id: externalId,
		type,
		submitted_at: submittedAt,
		exists: task !== undefined,
		task_id: task?.id,
		status: task?.status,
		next,
	});
}
