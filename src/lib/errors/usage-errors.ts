import type {ErrorRow} from './error-row.js';

const seeHelp = 'Run the command with --help for its arguments and flags.';

/** The hints of errors about arguments, input or configuration that cannot be used. */
const hints = {
	missing_task_id: 'Give the task id that the submitting command printed.',
	missing_video_id: 'Give the video_id that `kling video status TASK_ID` shows, not the task id.',
	missing_output: 'Add -o FILE, -o FOLDER, or -o - for standard output.',
	invalid_task_id: 'Copy the id from the command that made the task, or from `kling video list`.',
	invalid_video_id: 'Copy the video_id from `kling video status TASK_ID`.',
	invalid_type: seeHelp,
	invalid_format: 'mp3 and wav exist for add-sound tasks only: add --type add-sound.',
	invalid_limit: 'Use a whole number from 1 to 500; further tasks are on the next --page.',
	invalid_page: 'Use a whole number from 1 to 1000.',
	invalid_cfg_scale: 'Use a number from 0 to 1, such as 0.5.',
	invalid_prompt: 'Change the prompt as the message says.',
	invalid_sound: 'Shorten the sound effect prompt to at most 200 characters.',
	invalid_bgm: 'Shorten the background music prompt to at most 200 characters.',
	invalid_url: 'Kling fetches the video itself: give an http or https address that it can reach.',
	missing_prompt: 'Give the prompt as an argument, with --prompt-file FILE, or as - to read it from stdin.',
	invalid_model: seeHelp,
	invalid_mode: seeHelp,
	invalid_duration: seeHelp,
	invalid_image: 'Kling accepts jpg and png, at most 10 MB, each side at least 300 px, ratio 1:2.5 to 2.5:1.',
	invalid_picks: 'Write each pick as SHOT=TAKE or SHOT=none, such as s1=2.',
	invalid_delivery:
		'Give the headers as lines of NAME: VALUE or as JSON, and the body unchanged: kling webhook verify --headers FILE BODY',
	invalid_shot: 'Write each shot as "PROMPT@SECONDS", at most 6 of them.',
	invalid_camera: seeHelp,
	invalid_mask: seeHelp,
	invalid_element: 'Give the name or the id of an element: kling element list',
	invalid_voice: 'Give the name or the id of a voice: kling voice list',
	invalid_audio:
		'Kling takes mp3, wav, m4a and aac of at most 5 MB; the message says how long the sound may be.',
	invalid_face: 'See the faces, with pictures and times: kling video lip-sync VIDEO --faces',
	invalid_mark: 'Write the frame and a point of it, both from 0 to 1: --mark "12:0.5,0.5".',
	invalid_timeout: 'Write a number and a unit: 90s, 30m, 2h.',
	invalid_interval: 'Write a number and a unit: 5s, 1m.',
	invalid_external_id: 'Use letters, digits, - and _, at most 64 of them.',
	invalid_status: 'Use submitted, processing, succeed or failed, several separated by commas.',
	invalid_since:
		'Write a number and a unit, such as 2d, 12h or 30m; for --since also a day such as 2026-11-20, or today.',
	invalid_days: 'Use a whole number from 1 to 365.',
	invalid_query: "Write JMESPath, as for aws: task_id, or tasks[?status=='failed'].task_id",
	invalid_concurrency: 'Use a whole number from 1 to 64.',
	invalid_connections: 'Use a whole number from 1 to 16.',
	invalid_rate: 'Write bytes per second, such as 500K, 5M or 1G.',
	invalid_flag: seeHelp,
	invalid_argument: seeHelp,
	invalid_tag:
		'Write key=value, such as client=acme: the key of up to 64 letters, digits, . _ and -, the value of up to 128 characters.',
	invalid_units: 'Use a number of units above 0, such as 500.',
	invalid_manifest: 'Correct the rows named above, then see the plan: kling batch plan FILE',
	invalid_config: undefined,
	invalid_profile: 'Use letters, digits, - _ and ., at most 64, a letter or digit first.',
	unknown_profile: 'See the profiles: kling auth list',
	conflicting_input: seeHelp,
	invalid_port: 'Use a port from 0 to 65535; 0 takes any free one.',
	port_in_use: 'Choose another --port, or --port 0 for any free one.',
	invalid_speed: 'Use a number above 0, such as 20.',
	invalid_fault: 'The faults are listed in `kling sandbox start --help`.',
	invalid_scenario: 'See "Rehearse failure" in src/sandbox/README.md in the repository.',
	invalid_size: 'Write a number of bytes, such as 500K or 20M.',
	invalid_slots: 'Use a whole number from 1 to 1000.',
	command_not_started: 'Check the name of the program after --.',
	unknown_plugin: 'See the plugins that are installed: kling plugins',
	invalid_plugin: 'Run the command again with --verbose to see what npm says.',
	unknown_command: 'Run `kling help` for the list of commands.',
} as const satisfies Record<string, string | undefined>;

type UsageErrorCode = keyof typeof hints;

/** The rows with exit status 2. */
export const usageErrors = Object.fromEntries(
	Object.entries(hints).map(([code, hint]) => [code, {exit: 2, ...(hint !== undefined && {hint})}]),
) as Record<UsageErrorCode, ErrorRow>;
