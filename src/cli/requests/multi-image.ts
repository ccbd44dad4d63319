import {Flags} from '@oclif/core';
import {imageFields} from '../../lib/inputs/image.js';
import {promptArg, promptOf, ratioFlag, sceneFlags} from '../flags/scene.js';
import {negativeFlag} from '../flags/shared.js';
import {severalPictures, stdOrProFlag} from '../flags/spoken.js';
import {defineRequest} from './builder.js';

export const multiImage = defineRequest({
	type: 'multi-image',
	args: {prompt: promptArg},
	flags: {
		image: severalPictures('picture of what to show; up to 4 times'),
		mode: stdOrProFlag(),
		duration: Flags.custom<number>({
			description: 'length of the video in seconds',
			options: ['5', '10'],
			parse: async (input) => Number(input),
			defaultHelp: async () => '5',
		})(),
		ratio: ratioFlag('width to height'),
		negative: negativeFlag,
		'prompt-file': sceneFlags['prompt-file'],
		watermark: sceneFlags.watermark,
	},
	request: async ({args, flags}, sources) => ({
		prompt: await promptOf(args, flags, sources),
		negative: flags.negative,
		images: await imageFields(flags.image ?? [], '--image'),
		mode: flags.mode,
		duration: flags.duration,
		ratio: flags.ratio,
		watermark: flags.watermark,
	}),
});
