import type {ErrorRow} from './error-row.js';
import {usageErrors} from './usage-errors.js';

/**
 * Every error code of the program. The exit statuses are a contract with scripts: 1 bug, 2 usage, 3 refused
 * or failed by Kling, 4 credentials, 5 network or server, 6 rate limit, 7 account, 8 not finished, 9 not
 * found, 10 local file, 11 outcome unknown, 12 unusable response.
 */
const errorTable = {
	internal_error: {exit: 1, hint: 'This is a bug in kling. Please report it with the command that you ran.'},

	...usageErrors,

	invalid_request: {exit: 3},
	content_policy: {exit: 3, hint: 'Change the prompt or the input: Kling refused it on policy grounds.'},
	task_failed: {exit: 3, hint: 'Check the input against the message and submit again.'},
	batch_failed: {exit: 3, hint: 'Submit the failed shots again under new names: kling batch retry FILE'},
	watermark_unavailable: {
		exit: 3,
		hint: 'Only a task submitted with --watermark has a watermarked copy; leave --watermark out for the clean one.',
	},
	result_unavailable: {exit: 3, hint: 'See what the task holds: kling video status TASK_ID --verbose'},

	missing_api_key: {
		exit: 4,
		hint: 'Sign in with `kling auth login`; or set KLING_ACCESS_KEY and KLING_SECRET_KEY, or KLING_API_KEY. To try kling without an account: kling sandbox exec -- kling video list',
	},
	invalid_api_key: {
		exit: 4,
		hint: 'Check the keys, and the region: keys of kling.ai work with --region global only, keys of mainland China with --region cn only.',
	},
	missing_webhook_secret: {
		exit: 4,
		hint: 'Copy the webhook secret from the Kling console into that variable; --secret-env names another one. A sandbox prints its own.',
	},
	invalid_webhook_secret: {
		exit: 4,
		hint: 'Copy it whole from the Kling console: whsec_ and then Base64. While it is being rotated, set both, separated by a space.',
	},
	invalid_signature: {
		exit: 4,
		hint: 'Check that the secret belongs to this account, and that the body is byte for byte what was received.',
	},
	permission_denied: {
		exit: 4,
		hint: 'Ask the owner of the account for the right to use this API or model from this address.',
	},

	connection_error: {
		exit: 5,
		retryable: true,
		hint: 'Check the network and the address, then run the command again.',
	},
	timeout: {exit: 5, retryable: true, hint: 'Run the command again later.'},
	server_error: {exit: 5, retryable: true, hint: 'Kling has a problem; run the command again later.'},
	server_overloaded: {
		exit: 5,
		retryable: true,
		hint: 'Kling is down for maintenance or overloaded; try again later.',
	},
	download_error: {
		exit: 5,
		retryable: true,
		hint: 'Nothing was left at the output path; run the command again.',
	},

	delivery_failed: {
		exit: 5,
		retryable: true,
		hint: 'Check that the receiver is running and responds with 2xx, and send it again.',
	},

	rate_limit: {
		exit: 6,
		retryable: true,
		hint: 'Wait until a running task ends, or some seconds, and run the command again.',
	},
	quota_exceeded: {
		exit: 7,
		hint: 'See what is left: kling account balance. Units are bought in the Kling console; waiting does not help.',
	},

	budget_exceeded: {
		exit: 7,
		hint: 'See what is left: kling cost budget show. Raise it: kling cost budget set UNITS --per month',
	},

	spending_not_allowed: {
		exit: 7,
		hint: 'Ask the person who started the server to restart it with a higher limit: kling mcp serve --help',
	},

	task_not_ready: {exit: 8, retryable: true, hint: 'Check again in a while: kling video status TASK_ID'},

	wait_timeout: {
		exit: 8,
		retryable: true,
		hint: 'The task is still running. Wait for it: kling video wait TASK_ID',
	},

	submit_in_progress: {
		exit: 8,
		retryable: true,
		hint: 'Wait until the other process has ended, then run the same line again: it returns the same task.',
	},

	task_not_found: {exit: 9, hint: 'A task is found only under the type that made it: check --type.'},
	delivery_not_found: {
		exit: 9,
		hint: 'Give the delivery_id that `kling webhook listen` printed; it keeps the newest deliveries of each account.',
	},
	asset_expired: {exit: 9, hint: 'Kling deletes results 30 days after the task; make the task again.'},

	read_error: {exit: 10, hint: 'Check the path and its permissions.'},
	outside_root: {exit: 10, hint: 'Name a file below the folder that was given with --root.'},
	write_error: {
		exit: 10,
		hint: 'Check the folder and its permissions, or choose another place for the file.',
	},
	file_exists: {exit: 10, hint: 'Choose another --output, or replace the file with --force.'},
	file_busy: {
		exit: 10,
		retryable: true,
		hint: 'Wait until the other download has ended, or choose another --output.',
	},
	disk_full: {exit: 10, hint: 'Make room on the disk, then run the command again.'},

	submit_unknown: {
		exit: 11,
		hint: 'Do not submit again before you know: kling video reconcile asks Kling whether there is a task.',
	},
	response_error: {
		exit: 12,
		hint: 'Something other than the Kling API may have responded: check KLING_BASE_URL and any proxy.',
	},

	query_failed: {
		exit: 12,
		hint: 'Only the query failed; the command did its work, and may have paid for it. Do not run it again.',
	},

	interrupted: {exit: 130, retryable: true},
	terminated: {exit: 143, retryable: true},
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export const errorCodes = Object.keys(errorTable) as ErrorCode[];

/** The row of an error code, typed with all optional fields. */
export function errorRow(code: ErrorCode): ErrorRow {
	return errorTable[code];
}
