import {Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {withErrorCode} from '../../cli/flags/facts.js';
import {otherStatuses, typesFlag} from '../../cli/flags/list.js';
import {commaSeparated, durationMs, maxSpanMs, wholeNumber} from '../../cli/flags/parsers.js';
import {accountFlags, csvFlag, verboseFlag} from '../../cli/flags/shared.js';
import {sinceFlag} from '../../cli/flags/since.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';
import {TaskCommand} from '../../cli/task-command.js';
import {historyColumns, historyRow, historyStatuses} from '../../lib/tasks/history-row.js';

export default class VideoHistory extends TaskCommand<Documents['video history']> {
	static override description = `List what this machine submitted.

Reads the journal of this machine, newest first, and sends nothing without --refresh. A status is the last one that this machine saw; --refresh asks Kling for the tasks that had not ended, with as few requests as possible. Only tasks of the current account and address are shown. Kling deletes results 30 days after a task: --expiring and --missing find those to download, and next is the command that does.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --limit 5 --unsettled',
		'<%= config.bin %> <%= command.id %> --status failed --since today --verbose',
		'<%= config.bin %> <%= command.id %> --all --refresh --type image2video',
		'<%= config.bin %> <%= command.id %> --expiring 7d --missing --human',
		'<%= config.bin %> <%= command.id %> --limit 500 --csv > history.csv',
	];

	static override capabilities = ['credentials', 'requests'] as const;

	static override flags = {
		all: Flags.boolean({description: 'all of them', exclusive: ['limit']}),
		csv: csvFlag,
		limit: Flags.custom<number>({
			char: 'l',
			helpValue: 'NUMBER',
			description: 'most tasks to list, 1-500',
			defaultHelp: async () => '30',
			parse: wholeNumber('limit', 1, 500, 'invalid_limit'),
		})(),
		status: Flags.custom<string[]>({
			helpValue: 'STATUS,…',
			description: `only those whose last known status is one of: ${historyStatuses.join(', ')}`,
			parse: commaSeparated('status', historyStatuses, 'invalid_status', otherStatuses),
		})(),
		since: sinceFlag('what was submitted'),
		type: typesFlag('all'),
		refresh: Flags.boolean({description: 'ask Kling for the status of tasks that had not ended'}),
		unsettled: Flags.boolean({description: 'only submissions whose outcome is unknown'}),
		expiring: withErrorCode(
			'invalid_since',
			Flags.custom<number>({
				helpValue: 'SPAN',
				description: 'only tasks whose results Kling deletes within this time, such as 7d',
				parse: durationMs('expiring', 'invalid_since', maxSpanMs),
			})(),
		),
		missing: Flags.boolean({description: 'only tasks whose result is not on this disk'}),
		...accountFlags,
		verbose: verboseFlag('add file, model, duration, units and reason of failure'),
	};

	async run(): Promise<Documents['video history'] | undefined> {
		const {flags} = await this.parse(VideoHistory);
		checkCsv(flags);
		const session = await this.session(flags);
		const {listHistory} = await import('../../lib/tasks/history.js');
		const {unsettled, expiring, missing, status: statuses, type} = flags;
		const {entries, hasMore, total} = await listHistory(session, {
			...{unsettled, expiring, missing, statuses},
			type: type === 'all' ? undefined : type,
			since: flags.since?.(this.clock.now()),
			limit: flags.all ? Number.POSITIVE_INFINITY : (flags.limit ?? defaultLimit),
			count: this.showsAll(flags),
			refresh: flags.refresh,
			onFlaw: ({message}) => this.notes.line(`Warning: ${message}`),
		});
		const verbose = flags.csv ? flags.verbose : this.showsAll(flags);
		const areResults = expiring !== undefined || missing;
		const tasks = entries.map((entry) => ({
			...historyRow(entry, verbose),
			...(areResults && {expires_at: entry.expiresAt}),
		}));
		if (flags.csv) return printCsv(this.context, tasks, historyColumns(verbose));
		if (this.mode.human && tasks.some(({status}) => status === 'submitted' || status === 'processing')) {
			this.notes.line('A status is the last one seen here; to ask Kling: kling video history --refresh');
		}
		const ids = entries.flatMap(({taskId}) => taskId ?? []);
		const next =
			areResults && ids.length > 0
				? {next: session.command('video', 'download', ...ids, '--skip-existing', '-o', './')}
				: {};
		const more = {has_more: hasMore, ...(total !== undefined && {total})};
		return {success: true, tasks, count: tasks.length, ...more, ...next};
	}
}

/** Number of tasks listed by default. */
const defaultLimit = 30;
