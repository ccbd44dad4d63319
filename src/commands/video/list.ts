import type {Documents} from '../../cli/documents.js';
import {listFlags} from '../../cli/flags/list.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';
import {TaskCommand} from '../../cli/task-command.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {listFrom} from '../../lib/tasks/list-from.js';
import {
	type ListedTask,
	newestFirst,
	pageLimits,
	type Shown,
	type TaskRow,
	taskColumns,
	taskRow,
} from '../../lib/tasks/list-tasks.js';

export default class VideoList extends TaskCommand<Documents['video list']> {
	static override description = `List the tasks of one type, or of all.

Tasks come one page at a time, in Kling's order; a page shorter than --limit is the last. --all fetches every page, several at once, and shows each task once. With an API key one list holds the tasks of every type, newest first, of the last 30 days unless --since asks for more; Kling filters it by --status and --since, and it does not say the type of a task. With a key pair, and with --api v1, Kling filters nothing: --status and --since look through the tasks that were fetched, so add --all to search every task. --type all merges the types by creation time, newest first; --limit and --page then count for each type.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --type text2video --limit 50 --page 2',
		'<%= config.bin %> <%= command.id %> --type all --all --status failed --since 2d --verbose',
		'<%= config.bin %> <%= command.id %> --all --ndjson',
		'<%= config.bin %> <%= command.id %> --all --csv > tasks.csv',
	];

	static override capabilities = ['credentials', 'requests'] as const;

	static override flags = listFlags;

	async run(): Promise<Documents['video list'] | undefined> {
		const {flags, metadata} = await this.parse(VideoList);
		checkCsv(flags);
		const given = (flag: 'limit' | 'page') => metadata.flags[flag]?.setFromDefault !== true;
		if (flags.all && given('page')) throw allAndPage();
		const session = await this.session(flags);
		const verbose = flags.ndjson || flags.csv ? flags.verbose : this.showsAll(flags);
		const shown = {verbose, typed: flags.type === 'all'};
		let hasMore = false;
		const tasks = listFrom(session, {
			type: flags.type === 'all' ? undefined : flags.type,
			size: flags.all && !given('limit') ? pageLimits.largestPage : flags.limit,
			page: flags.all ? undefined : flags.page,
			statuses: flags.status,
			since: flags.since?.(this.clock.now()),
			note: (text) => this.notes.line(text),
			onMore() {
				hasMore = true;
			},
		});
		if (flags.ndjson) return this.printRows(tasks, shown);
		if (flags.csv) return this.printCsv(tasks, shown);

		// Of a long list, only the rows are kept in memory.
		const rows: TaskRow[] = [];
		for await (const task of tasks) rows.push(taskRow(task, shown));
		// Everything is sorted, because Kling promises no order.
		if (flags.type === 'all') rows.sort((a, b) => newestFirst(a.created_at, b.created_at));
		return {success: true, tasks: rows, count: rows.length, ...(verbose && hasMore ? {has_more: true} : {})};
	}

	private async printCsv(tasks: AsyncIterable<ListedTask>, shown: Shown) {
		async function* rows() {
			for await (const task of tasks) yield taskRow(task, shown);
		}
		return printCsv(this.context, rows(), taskColumns(shown));
	}

	/**
	 * Prints each task as it arrives. An error is one line as well, so that readers of lines meet nothing
	 * else.
	 */
	private async printRows(tasks: AsyncIterable<ListedTask>, shown: Shown) {
		const {printer} = this.context;
		try {
			for await (const task of tasks) {
				const row = this.select({success: true, ...taskRow(task, shown)});
				await printer.line(row);
			}
		} catch (error) {
			await printer.error(error, {indent: 0});
		}
		return undefined;
	}
}

const allAndPage = () =>
	new KlingError('conflicting_input', 'Both --all and --page were given', {
		hint: 'Leave out --page for all pages, or --all for one.',
	});
