import {Flags} from '@oclif/core';
import {submitFlags} from './submit.js';

const {tag, 'allow-unknown-price': allowUnknownPrice, download} = submitFlags;

/**
 * Flags of paid commands that return their result at once: there is nothing to wait for, and no external id.
 */
export const synchronousFlags = {
	output: Flags.string({
		char: 'o',
		aliases: ['download'],
		helpValue: 'PATH',
		description: 'file or folder to save the result to',
		...(download.parse && {parse: download.parse}),
	}),
	force: Flags.boolean({char: 'f', description: 'replace an existing file'}),
	tag,
	'allow-unknown-price': allowUnknownPrice,
	verbose: Flags.boolean({char: 'v', description: 'add the links, and what it cost', helpGroup: 'SUBMIT'}),
	'dry-run': Flags.boolean({
		description: 'print the request and what it would cost, and send nothing',
		helpGroup: 'SUBMIT',
	}),
};
