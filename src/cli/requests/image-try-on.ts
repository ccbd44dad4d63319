import {Flags} from '@oclif/core';
import {withErrorCode} from '../flags/facts.js';
import {address} from '../flags/parsers.js';
import {watermarkFlag} from '../flags/pictures.js';
import {defineRequest} from './builder.js';

const pictureAddress = (flag: string, description: string) =>
	withErrorCode('invalid_url', Flags.string({helpValue: 'URL', description, parse: address(flag)}));

const keep = (what: string) =>
	Flags.boolean({
		description: `keep the ${what} of the person; the default`,
		allowNo: true,
		default: true,
	});

export const imageTryOn = defineRequest({
	type: 'image-try-on',
	args: {},
	flags: {
		person: pictureAddress(
			'person',
			'address of a picture of the person who wears it: jpg, png or webp, sides of 300-2048 px, at most 10 MB',
		),
		product: pictureAddress('product', 'address of a picture of the clothes, with the same limits'),
		'keep-face': keep('face'),
		'keep-pose': keep('pose'),
		'keep-background': keep('background'),
		watermark: watermarkFlag,
	},
	request: async ({flags}) => ({
		person: flags.person,
		product: flags.product,
		keepFace: flags['keep-face'],
		keepPose: flags['keep-pose'],
		keepBackground: flags['keep-background'],
		watermark: flags.watermark,
	}),
});
