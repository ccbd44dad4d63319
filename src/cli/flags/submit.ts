import {Flags} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {withErrorCode} from './facts.js';
import {address} from './parsers.js';
import {waitFlags} from './shared.js';
import {writtenPath} from './written-path.js';

/** Kling documents no rule for external ids. These characters are safe in URLs, shells and file names. */
async function externalId(input: string): Promise<string> {
	// `last` stands for the newest task.
	if (/^[\w-]{1,64}$/.test(input) && input !== 'last') return input;
	throw new KlingError(
		'invalid_external_id',
		`--external-id '${input}' is not 1 to 64 letters, digits, - and _`,
	);
}

async function downloadPath(input: string): Promise<string> {
	if (input.trim() === '')
		throw new KlingError('missing_output', '--download is empty', {hint: downloadHint});
	if (input !== '-') return writtenPath('download')(input);
	throw new KlingError('conflicting_input', '--download writes a file; standard output is for the document', {
		hint: 'To get the bytes on stdout, submit first, then: kling video download @last --wait -o -',
	});
}

const downloadHint = 'Give the file or folder to download the result to.';

async function tag(input: string): Promise<string> {
	const {parseTag} = await import('../../lib/cost/tags.js');
	parseTag(input);
	return input;
}

/** A user's own label for what a task is for. */
const tagFlag = (more: {helpGroup?: string; description?: string} = {}) =>
	withErrorCode(
		'invalid_tag',
		Flags.string({
			helpValue: 'KEY=VALUE',
			description: 'label for reports, such as client=acme; repeat it for several',
			multiple: true,
			multipleNonGreedy: true,
			parse: tag,
			...more,
		}),
	);

/** @param more alternative names in a particular command */
export const downloadFlag = (more: {aliases?: string[]; charAliases?: 'o'[]} = {}) =>
	Flags.string({
		char: 'd',
		parse: downloadPath,
		helpValue: 'PATH',
		description: 'wait, then download the result to this file or folder',
		helpGroup: 'SUBMIT',
		...more,
	});

/** Flags of every command that submits a task. `submit` in SubmitCommand implements them. */
export const submitFlags = {
	wait: Flags.boolean({
		char: 'w',
		description: 'wait until the task is finished, and print its status',
		helpGroup: 'SUBMIT',
	}),
	download: downloadFlag(),
	timeout: waitFlags.timeout({helpGroup: 'SUBMIT'}),
	interval: waitFlags.interval({helpGroup: 'SUBMIT'}),
	'external-id': withErrorCode(
		'invalid_external_id',
		Flags.string({
			helpValue: 'ID',
			parse: externalId,
			description:
				'your name for the task: 1-64 letters, digits, - and _; used again, it returns the same task and costs nothing',
			helpGroup: 'SUBMIT',
		}),
	),
	tag: tagFlag({helpGroup: 'SUBMIT'}),
	sidecar: Flags.boolean({
		description: 'write request, ids, cost and checksum next to each file as FILE.json',
		helpGroup: 'SUBMIT',
	}),
	'allow-unknown-price': Flags.boolean({
		description: 'submit even if there is a budget and the price is unknown',
		helpGroup: 'SUBMIT',
	}),
	'callback-url': Flags.string({
		helpValue: 'URL',
		description: 'address to which Kling posts each change',
		parse: address('callback-url'),
		helpGroup: 'SUBMIT',
	}),
	verbose: Flags.boolean({
		char: 'v',
		description: 'add the external id, the estimated cost, and after --wait the links',
		helpGroup: 'SUBMIT',
	}),
	'dry-run': Flags.boolean({
		description: 'print the request and what it would cost, and send nothing',
		helpGroup: 'SUBMIT',
	}),
};
