import type {ErrorCode} from '../../lib/errors/error-table.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {nearest} from './suggest.js';

/** Error codes of arguments that are missing, by the argument's name. */
const missingArgs: Readonly<Record<string, ErrorCode>> = {
	task_id: 'missing_task_id',
	video_id: 'missing_video_id',
};

/** Error codes of flags that are wrong or miss their value, by the flag's name. */
const flagCodes: Readonly<Record<string, ErrorCode>> = {
	type: 'invalid_type',
	format: 'invalid_format',
	limit: 'invalid_limit',
	page: 'invalid_page',
	status: 'invalid_status',
	since: 'invalid_since',
	'cfg-scale': 'invalid_cfg_scale',
	sound: 'invalid_sound',
	bgm: 'invalid_bgm',
	url: 'invalid_url',
	prompt: 'invalid_prompt',
	model: 'invalid_model',
	mode: 'invalid_mode',
	duration: 'invalid_duration',
	shot: 'invalid_shot',
	camera: 'invalid_camera',
	element: 'invalid_element',
	image: 'invalid_image',
	'first-frame': 'invalid_image',
	'last-frame': 'invalid_image',
	'ref-image': 'invalid_image',
	'static-mask': 'invalid_mask',
	'dynamic-mask': 'invalid_mask',
	'ref-video': 'invalid_url',
	'base-video': 'invalid_url',
	negative: 'invalid_prompt',
	output: 'missing_output',
	'limit-rate': 'invalid_rate',
	connections: 'invalid_connections',
	timeout: 'invalid_timeout',
	'request-timeout': 'invalid_timeout',
	'ca-file': 'invalid_config',
	interval: 'invalid_interval',
	concurrency: 'invalid_concurrency',
	'external-id': 'invalid_external_id',
	'callback-url': 'invalid_url',
	query: 'invalid_query',
	port: 'invalid_port',
	speed: 'invalid_speed',
	slots: 'invalid_slots',
	'clip-size': 'invalid_size',
	fault: 'invalid_fault',
	scenario: 'invalid_scenario',
};

/** What oclif's parser says of its errors beside the message; each kind of error has some of it. */
interface ParserError extends Error {
	/** Names of missing arguments (objects) or surplus arguments (texts). */
	args?: readonly (string | {name?: string})[];
	/** Unknown flags as typed. */
	flags?: readonly string[];
}

/**
 * The KlingError for an error of oclif's parser, whose own dump would show argv and help texts.
 * @param knownFlags long names of the command's flags, for the suggestion
 */
export function parseError(error: ParserError, knownFlags: readonly string[]): KlingError {
	const message = plain(error.message);
	const hinted = (code: ErrorCode, text: string, hint?: string) =>
		new KlingError(code, text, {hint, cause: error});

	const [unknownFlag] = error.flags ?? [];
	if (unknownFlag !== undefined) {
		const [name = unknownFlag] = unknownFlag.split('=');
		const meant = nearest(
			name,
			knownFlags.map((flag) => `--${flag}`),
		);
		return hinted('invalid_flag', `Unknown flag ${name}`, meant && `Did you mean ${meant}?`);
	}
	const [arg] = error.args ?? [];
	if (typeof arg === 'string') return hinted('invalid_argument', `Unexpected argument: ${arg}`);
	if (arg !== undefined) {
		const name = arg.name ?? 'argument';
		return hinted(missingArgs[name] ?? 'invalid_argument', `Missing argument: ${name.toUpperCase()}`);
	}
	const missingFlag = /Missing required flag (\S+)/.exec(message)?.[1];
	if (missingFlag !== undefined) {
		return hinted(flagCodes[missingFlag] ?? 'invalid_flag', `Missing flag: --${missingFlag}`);
	}
	const flag = /--([a-z][\w-]*)/.exec(message)?.[1] ?? '';
	return hinted(flagCodes[flag] ?? 'invalid_flag', message);
}

/** The first line that says something, without colour and without the parser's advice. */
function plain(message: string): string {
	return message
		.replaceAll(/\u001B\[[\d;]*m/g, '')
		.replace(/\s*See more help with --help\s*$/, '')
		.replace(/^The following errors? occurred:\s*/, '')
		.replaceAll(/\s*\n\s*/g, '; ')
		.replaceAll(/(--[\w-]+)=\S+ cannot also be provided when using /g, '$1 cannot be given together with ')
		.trim();
}
