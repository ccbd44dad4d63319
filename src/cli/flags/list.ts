import {Flags} from '@oclif/core';
import {taskTypeNames} from '../../lib/task-types/index.js';
import type {TaskName} from '../../lib/task-types/registry.js';
import {pageLimits, taskStatuses} from '../../lib/tasks/list-tasks.js';
import {withErrorCode} from './facts.js';
import {commaSeparated, wholeNumber} from './parsers.js';
import {accountFlags, csvFlag, verboseFlag} from './shared.js';
import {sinceFlag} from './since.js';

/** What other programs call the states of a task. */
export const otherStatuses = {
	submitted: 'queued pending waiting new created',
	processing: 'running in-progress in_progress active started',
	succeed: 'succeeded success successful done complete completed finished ok',
	failed: 'fail failure error errored',
};

/** --type of commands that list tasks of one type, or of all. */
export const typesFlag = (usual: TaskName) =>
	withErrorCode(
		'invalid_type',
		Flags.custom<TaskName>({
			char: 't',
			description: 'type of the tasks: the command that made them, or all',
			options: [...taskTypeNames, 'all'],
			default: usual,
		})(),
	);

/** Flags of `video list`. */
export const listFlags = {
	all: Flags.boolean({
		description: 'all pages, of 500 tasks each unless --limit is given',
	}),
	csv: csvFlag,
	limit: Flags.custom<number>({
		char: 'l',
		helpValue: 'NUMBER',
		description: 'tasks per page, 1-500',
		default: 30,
		parse: wholeNumber('limit', 1, pageLimits.largestPage, 'invalid_limit'),
	})(),
	page: Flags.custom<number>({
		char: 'p',
		helpValue: 'NUMBER',
		description: 'page number, 1-1000',
		default: 1,
		parse: wholeNumber('page', 1, pageLimits.lastPage, 'invalid_page'),
	})(),
	status: Flags.custom<string[]>({
		helpValue: 'STATUS,…',
		description: `only tasks in these states: ${taskStatuses.join(', ')}`,
		parse: commaSeparated('status', taskStatuses, 'invalid_status', otherStatuses),
	})(),
	since: sinceFlag('tasks made'),
	ndjson: Flags.boolean({description: 'one line of JSON for each task, printed as its page arrives'}),
	...accountFlags,
	type: typesFlag('create'),
	verbose: verboseFlag('add links, type, external id, reason of failure, last change and units'),
};
