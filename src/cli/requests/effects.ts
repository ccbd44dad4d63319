import {Args} from '@oclif/core';
import {imageFields} from '../../lib/inputs/image.js';
import {severalPictures} from '../flags/spoken.js';
import {defineRequest} from './builder.js';

export const effects = defineRequest({
	type: 'effects',
	args: {
		scene: Args.string({
			name: 'scene',
			description: 'name of the scene; kling video effects --list shows those that are known',
			ignoreStdin: true,
		}),
	},
	flags: {
		image: severalPictures('picture of a person; two for a scene with two people, the one on the left first'),
	},
	request: async ({args, flags}) => ({
		scene: args.scene?.trim() ?? '',
		images: await imageFields(flags.image ?? [], '--image'),
	}),
});
