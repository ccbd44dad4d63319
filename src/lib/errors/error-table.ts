/** The properties of an error code: its exit status, whether a retry can help, and the hint. */
export interface ErrorRow {
	/** Process exit status. */
	exit: number;
	/** True when the same command may succeed later without a change. */
	retryable?: boolean;
	/** What to type or do next. The code that throws may give a better one. */
	hint?: string;
}

const seeHelp = 'Run the command with --help for its arguments and flags.';

/**
 * Every error code of the program. The exit statuses are a contract with scripts: 1 bug, 2 usage, 3 refused
 * or failed by Kling, 4 credentials, 5 network or server, 6 rate limit, 7 account, 8 not finished, 9 not
 * found, 10 local file, 11 outcome unknown, 12 unusable response.
 */
const errorTable = {
	internal_error: {exit: 1, hint: 'This is a bug in kling. Please report it with the command that you ran.'},

	missing_task_id: {exit: 2, hint: 'Give the task id that the submitting command printed.'},
	missing_video_id: {
		exit: 2,
		hint: 'Give the video_id that `kling video status TASK_ID` shows, not the task id.',
	},
	missing_output: {exit: 2, hint: 'Add -o FILE, -o FOLDER, or -o - for standard output.'},
	invalid_task_id: {
		exit: 2,
		hint: 'Copy the id from the command that made the task, or from `kling video list`.',
	},
	invalid_video_id: {exit: 2, hint: 'Copy the video_id from `kling video status TASK_ID`.'},
	invalid_type: {exit: 2, hint: seeHelp},
	invalid_format: {exit: 2, hint: 'mp3 and wav exist for add-sound tasks only: add --type add-sound.'},
	invalid_limit: {exit: 2, hint: 'Use a whole number from 1 to 500; further tasks are on the next --page.'},
	invalid_page: {exit: 2, hint: 'Use a whole number from 1 to 1000.'},
	invalid_cfg_scale: {exit: 2, hint: 'Use a number from 0 to 1, such as 0.5.'},
	invalid_prompt: {exit: 2, hint: 'Change the prompt as the message says.'},
	invalid_sound: {exit: 2, hint: 'Shorten the sound effect prompt to at most 200 characters.'},
	invalid_bgm: {exit: 2, hint: 'Shorten the background music prompt to at most 200 characters.'},
	invalid_url: {
		exit: 2,
		hint: 'Kling fetches the video itself: give an http or https address that it can reach.',
	},
	missing_prompt: {
		exit: 2,
		hint: 'Give the prompt as an argument, with --prompt-file FILE, or as - to read it from stdin.',
	},
	invalid_model: {exit: 2, hint: seeHelp},
	invalid_mode: {exit: 2, hint: seeHelp},
	invalid_duration: {exit: 2, hint: seeHelp},
	invalid_image: {
		exit: 2,
		hint: 'Kling accepts jpg and png, at most 10 MB, each side at least 300 px, ratio 1:2.5 to 2.5:1.',
	},
	invalid_picks: {exit: 2, hint: 'Write each pick as SHOT=TAKE or SHOT=none, such as s1=2.'},
	invalid_delivery: {
		exit: 2,
		hint: 'Give the headers as lines of NAME: VALUE or as JSON, and the body as it came: kling webhook verify --headers FILE BODY',
	},
	invalid_shot: {exit: 2, hint: 'Write each shot as "PROMPT@SECONDS", at most 6 of them.'},
	invalid_camera: {exit: 2, hint: seeHelp},
	invalid_mask: {exit: 2, hint: seeHelp},
	invalid_element: {exit: 2, hint: 'Give the name or the id of an element: kling element list'},
	invalid_voice: {exit: 2, hint: 'Give the name or the id of a voice: kling voice list'},
	invalid_audio: {
		exit: 2,
		hint: 'Kling takes mp3, wav, m4a and aac of at most 5 MB; the message says how long the sound may be.',
	},
	invalid_face: {exit: 2, hint: 'See the faces, with pictures and times: kling video lip-sync VIDEO --faces'},
	invalid_mark: {exit: 2, hint: 'Write the frame and a point of it, both from 0 to 1: --mark "12:0.5,0.5".'},
	invalid_timeout: {exit: 2, hint: 'Write a number and a unit: 90s, 30m, 2h.'},
	invalid_interval: {exit: 2, hint: 'Write a number and a unit: 5s, 1m.'},
	invalid_external_id: {exit: 2, hint: 'Use letters, digits, - and _, at most 64 of them.'},
	invalid_status: {
		exit: 2,
		hint: 'Use submitted, processing, succeed or failed, several separated by commas.',
	},
	invalid_since: {
		exit: 2,
		hint: 'Write a number and a unit, such as 2d, 12h or 30m; for --since also a day such as 2026-11-20, or today.',
	},
	invalid_days: {exit: 2, hint: 'Use a whole number from 1 to 365.'},
	invalid_query: {
		exit: 2,
		hint: "Write JMESPath, as for aws: task_id, or tasks[?status=='failed'].task_id",
	},
	invalid_concurrency: {exit: 2, hint: 'Use a whole number from 1 to 64.'},
	invalid_connections: {exit: 2, hint: 'Use a whole number from 1 to 16.'},
	invalid_rate: {exit: 2, hint: 'Write bytes per second, such as 500K, 5M or 1G.'},
	read_error: {exit: 10, hint: 'Check the path and its permissions.'},
	invalid_flag: {exit: 2, hint: seeHelp},
	invalid_argument: {exit: 2, hint: seeHelp},
	invalid_tag: {
		exit: 2,
		hint: 'Write key=value, such as client=acme: the key of up to 64 letters, digits, . _ and -, the value of up to 128 characters.',
	},
	invalid_units: {exit: 2, hint: 'Use a number of units above 0, such as 500.'},
	invalid_manifest: {exit: 2, hint: 'Correct the rows named above, then see the plan: kling batch plan FILE'},
	invalid_config: {exit: 2},
	invalid_profile: {exit: 2, hint: 'Use letters, digits, - _ and ., at most 64, a letter or digit first.'},
	unknown_profile: {exit: 2, hint: 'See the profiles: kling auth list'},
	conflicting_input: {exit: 2, hint: seeHelp},
	invalid_port: {exit: 2, hint: 'Use a port from 0 to 65535; 0 takes any free one.'},
	port_in_use: {exit: 2, hint: 'Choose another --port, or --port 0 for any free one.'},
	invalid_speed: {exit: 2, hint: 'Use a number above 0, such as 20.'},
	invalid_fault: {exit: 2, hint: 'The faults are listed in `kling sandbox start --help`.'},
	invalid_scenario: {exit: 2, hint: 'See "Rehearse failure" in src/sandbox/README.md in the repository.'},
	invalid_size: {exit: 2, hint: 'Write a number of bytes, such as 500K or 20M.'},
	invalid_slots: {exit: 2, hint: 'Use a whole number from 1 to 1000.'},
	command_not_started: {exit: 2, hint: 'Check the name of the program after --.'},
	unknown_plugin: {exit: 2, hint: 'See the plugins that are installed: kling plugins'},
	invalid_plugin: {exit: 2, hint: 'Run the command again with --verbose to see what npm says.'},
	unknown_command: {exit: 2, hint: 'Run `kling help` for the list of commands.'},

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
		hint: 'Check that the secret is that of the account, and that the body is byte for byte as it came.',
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
