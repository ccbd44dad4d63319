import {type ErrorCode, errorCodes, errorRow} from './error-table.js';

/** What a command does that can fail in a way of its own; src/cli/help/help.ts tells it by the flags and arguments. */
export type Deed = 'has keys' | 'asks Kling' | 'names a task' | 'waits' | 'submits' | 'uses npm';

/** What is known of an exit status. */
export interface ExitStatus {
	status: number;
	/** For the help of commands. */
	brief: string;
	/** For `kling help exit-codes`. */
	meaning: string;
	/** Only commands that do one of these end so; without it, any command may. */
	of?: readonly Deed[];
}

/** What each exit status means; which code ends with which is in the error table. */
export const exitStatuses: readonly ExitStatus[] = [
	{status: 0, brief: 'done', meaning: 'done'},
	{status: 1, brief: 'bug in kling', meaning: 'a bug in kling'},
	{status: 2, brief: 'usage', meaning: 'usage, input, configuration'},
	{status: 3, brief: 'refused or failed', meaning: 'Kling refused or failed the work', of: ['asks Kling']},
	{status: 4, brief: 'credentials', meaning: 'credentials', of: ['has keys']},
	{
		status: 5,
		brief: 'network or server',
		meaning: 'network or server; try again',
		of: ['asks Kling', 'uses npm'],
	},
	{
		status: 6,
		brief: 'too many at once',
		meaning: 'too many requests or tasks at once; wait',
		of: ['asks Kling'],
	},
	{status: 7, brief: 'account', meaning: 'the account: no units, no payment', of: ['asks Kling']},
	{status: 8, brief: 'not finished', meaning: 'not finished yet', of: ['waits']},
	{status: 9, brief: 'not there', meaning: 'not there, or no longer', of: ['names a task']},
	{status: 10, brief: 'local file', meaning: 'a local file'},
	{
		status: 11,
		brief: 'outcome unknown',
		meaning: 'unknown: a task may have been made, so do not submit it anew; the hint tells how to find out',
		of: ['submits'],
	},
	{
		status: 12,
		brief: 'unusable reply',
		meaning: 'a reply of no use: was it Kling that answered?',
		of: ['asks Kling'],
	},
	{status: 130, brief: 'Ctrl-C', meaning: 'Ctrl-C'},
	{status: 141, brief: 'reader gone', meaning: 'the reader of the output is gone'},
	{status: 143, brief: 'SIGTERM', meaning: 'SIGTERM'},
];

/** The statuses with which a command that does these things can end. */
export const statusesOf = (deeds: ReadonlySet<Deed>): ExitStatus[] =>
	exitStatuses.filter(({of}) => of === undefined || of.some((deed) => deeds.has(deed)));

/** The codes of the errors that end with a status. */
export const codesOf = (status: number): ErrorCode[] =>
	errorCodes.filter((code) => errorRow(code).exit === status);
