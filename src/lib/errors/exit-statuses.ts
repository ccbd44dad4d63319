import {type ErrorCode, errorCodes, errorRow} from './error-table.js';

/**
 * What a command does that can fail in a way of its own. Each command declares its capabilities, and its help
 * lists the exit statuses that follow.
 */
export type Capability =
	/** Needs credentials. */
	| 'credentials'
	/** Sends requests to Kling. */
	| 'requests'
	/** Looks up something that may not exist, such as a task. */
	| 'lookup'
	/** Waits for a task, until a deadline. */
	| 'waiting'
	/** Makes a task, which costs the user. */
	| 'paying'
	/** Sends deliveries to a receiver of the user. */
	| 'sending'
	/** Runs npm. */
	| 'npm';

/** The description of an exit status. */
export interface ExitStatus {
	status: number;
	/** For the help of commands. */
	brief: string;
	/** For `kling help exit-codes`. */
	meaning: string;
	/** Only commands with one of these capabilities can end this way. Default: any command can. */
	of?: readonly Capability[];
}

/** What each exit status means. The error table says which code ends with which status. */
export const exitStatuses: readonly ExitStatus[] = [
	{status: 0, brief: 'done', meaning: 'done'},
	{status: 1, brief: 'bug in kling', meaning: 'a bug in kling'},
	{status: 2, brief: 'usage', meaning: 'usage, input, configuration'},
	{status: 3, brief: 'refused or failed', meaning: 'Kling refused or failed the work', of: ['requests']},
	{status: 4, brief: 'credentials', meaning: 'credentials', of: ['credentials']},
	{
		status: 5,
		brief: 'network or server',
		meaning: 'network or server; try again',
		of: ['requests', 'sending', 'npm'],
	},
	{
		status: 6,
		brief: 'too many at once',
		meaning: 'too many requests or tasks at once; wait',
		of: ['requests'],
	},
	{status: 7, brief: 'account', meaning: 'the account: no units, no payment', of: ['requests']},
	{status: 8, brief: 'not finished', meaning: 'not finished yet', of: ['waiting']},
	{status: 9, brief: 'not there', meaning: 'not there, or no longer', of: ['lookup']},
	{status: 10, brief: 'local file', meaning: 'a local file'},
	{
		status: 11,
		brief: 'outcome unknown',
		meaning: 'unknown: a task may have been made, so do not submit it again; the hint says how to find out',
		of: ['paying'],
	},
	{
		status: 12,
		brief: 'unusable response',
		meaning: 'a response that cannot be used: did it come from Kling, and does --query fit it?',
		of: ['requests'],
	},
	{status: 130, brief: 'Ctrl-C', meaning: 'Ctrl-C'},
	{status: 141, brief: 'reader gone', meaning: 'the reader of the output is gone'},
	{status: 143, brief: 'SIGTERM', meaning: 'SIGTERM'},
];

/** The statuses that a command with these capabilities can end with. */
export const statusesOf = (capabilities: readonly Capability[]): ExitStatus[] =>
	exitStatuses.filter(
		({of}) => of === undefined || of.some((capability) => capabilities.includes(capability)),
	);

/** The error codes that end with a status. */
export const codesOf = (status: number): ErrorCode[] =>
	errorCodes.filter((code) => errorRow(code).exit === status);
