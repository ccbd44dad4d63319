import {Flags} from '@oclif/core';
import {type ResultFormat, resultFormats} from '../../lib/media/result-format.js';
import {defaultConnections} from '../../lib/tasks/download-result.js';
import {withErrorCode} from './facts.js';
import {byteRate, wholeNumber} from './parsers.js';
import {accountFlags, concurrencyFlag, typeFlag, verboseFlag, waitFlags} from './shared.js';
import {writtenPath} from './written-path.js';

/** The flags of `kling video download`. */
export const downloadFlags = {
	output: withErrorCode(
		'missing_output',
		Flags.string({
			char: 'o',
			helpValue: 'PATH',
			description:
				'file to write, which may hold {task_id} {external_id} {video_id} {prompt} {model} {type} {index} {n} {date} {ext}; or a folder to write <task_id>.<ext> in; or - for stdout',
			required: true,
			parse: writtenPath('output', {stdout: true}),
		}),
	),
	type: typeFlag(),
	format: withErrorCode(
		'invalid_format',
		Flags.custom<ResultFormat>({
			description:
				'what to download; mp3 and wav are for tasks that make sound, image for tasks that make pictures',
			options: [...resultFormats],
			defaultHelp: async () => 'video, or what the type makes',
		})(),
	),
	watermark: Flags.boolean({description: 'download the watermarked copy'}),
	force: Flags.boolean({char: 'f', description: 'replace an existing file'}),
	sidecar: Flags.boolean({
		description: 'write request, ids, cost and checksum next to each file as FILE.json',
	}),
	'skip-existing': Flags.boolean({description: 'skip files that already exist, and succeed'}),
	connections: Flags.custom<number>({
		helpValue: 'NUMBER',
		description: 'connections for one file, 1-16; more than one only if that is faster',
		default: defaultConnections,
		parse: wholeNumber('connections', 1, 16, 'invalid_connections'),
	})(),
	'limit-rate': Flags.custom<number>({
		helpValue: 'SPEED',
		description: 'bytes per second for the whole command, such as 500K or 5M',
		parse: byteRate('limit-rate', 'invalid_rate'),
	})(),
	wait: Flags.boolean({char: 'w', description: 'wait until the task is finished'}),
	timeout: waitFlags.timeout(),
	interval: waitFlags.interval(),
	// Downloads spend more of their time waiting for the network than lookups do.
	concurrency: concurrencyFlag({default: 16}),
	...accountFlags,
	verbose: verboseFlag('add size, checksum, seconds, and whether the download was resumed or skipped'),
};
