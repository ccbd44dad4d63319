import type {Documents} from '../../cli/documents.js';
import {taskIdsArg} from '../../cli/flags/id-args.js';
import {accountFlags, concurrencyFlag, typeFlag, verboseFlag, waitFlags} from '../../cli/flags/shared.js';
import {TaskCommand} from '../../cli/task-command.js';
import {namesMany, readIds} from '../../cli/task-ids.js';
import {pollTogether, type SharedPolling} from '../../lib/tasks/poll-together.js';
import {knownType} from '../../lib/tasks/resolve-task.js';
import {statusDocument} from '../../lib/tasks/results.js';
import {waitLimit} from '../../lib/tasks/wait-limit.js';
import {chooseTaskInTime, followTask} from '../../lib/tasks/wait-with-progress.js';

export default class VideoWait extends TaskCommand<Documents['video wait']> {
	static override description = `Wait until tasks are finished.

Prints the status of the task, as \`status\` does. Ctrl-C and the deadline (exit 8) leave the task running, and the hint is the command that continues. Several tasks print one line of JSON each as they finish; the exit status is the highest of theirs.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> @last',
		'<%= config.bin %> <%= command.id %> 900000000000000104 900000000000000101 --timeout 10m',
		'<%= config.bin %> <%= command.id %> - < ids.txt',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting'] as const;

	static override args = {task_id: taskIdsArg};
	static override flags = {
		type: typeFlag(),
		timeout: waitFlags.timeout(),
		interval: waitFlags.interval(),
		verbose: verboseFlag('add the links and everything else that is known'),
		concurrency: concurrencyFlag(),
		...accountFlags,
	};

	async run(): Promise<Documents['video wait'] | undefined> {
		const {args, flags} = await this.parse(VideoWait);
		const session = await this.session(flags);
		const many = namesMany(args.task_id);
		const verbose = many ? flags.verbose : this.showsAll(flags);
		const wait = async (id: string, together?: SharedPolling) => {
			const typed = flags.type === undefined ? [] : ['--type', flags.type];
			const chosen = await chooseTaskInTime(session, id, flags.type, {
				timeoutMs: flags.timeout,
				resume: () => session.command('video', 'wait', id, ...typed),
			});
			const task = await followTask(session, chosen, {
				timeoutMs: flags.timeout,
				intervalMs: flags.interval,
				together,
			});
			return statusDocument(task, knownType(chosen), verbose);
		};
		if (!many) return wait(args.task_id[0] ?? '');
		const ids = await readIds(args.task_id, this.notes);
		const {default: pLimit} = await import('p-limit');
		const {clock, signal} = session;
		const together = {
			...pollTogether(session, pLimit(flags.concurrency), {expected: ids.length}),
			until: waitLimit(clock, clock.now() + flags.timeout, signal),
		};
		return this.forEach(ids, (id) => wait(id, together), 'counted');
	}
}
