import {Flags} from '@oclif/core';
import {imageField, imageFields} from '../../lib/inputs/image.js';
import {withErrorCode} from '../flags/facts.js';
import {address} from '../flags/parsers.js';
import {
	elementFlag,
	elementIds,
	longPromptArg,
	modelFlag,
	pictureFlag,
	promptOf,
	ratioFlag,
	sceneFlags,
	sceneOptions,
} from '../flags/scene.js';
import {defineRequest} from './builder.js';

export const create = defineRequest({
	type: 'create',
	args: {prompt: longPromptArg('create')},
	flags: {
		model: modelFlag('create'),
		...sceneFlags,
		ratio: ratioFlag('ratio of the video; not with --first-frame or --base-video, which decide it'),
		'first-frame': pictureFlag('picture that the video begins with'),
		'last-frame': pictureFlag('picture that it ends with; needs --first-frame'),
		'ref-image': withErrorCode(
			'invalid_image',
			Flags.string({
				helpValue: 'FILE|URL',
				description: 'picture to take a subject or style from; repeat it for several',
				multiple: true,
				multipleNonGreedy: true,
			}),
		),
		element: elementFlag,
		'ref-video': Flags.string({
			helpValue: 'URL',
			description: 'clip whose style, camera or action to continue',
			parse: address('ref-video'),
		}),
		'base-video': Flags.string({
			helpValue: 'URL',
			description: 'clip to edit; the result has the same length',
			parse: address('base-video'),
		}),
		'keep-sound': Flags.boolean({
			description: 'keep the sound of the clip; default: yes for --base-video, no for --ref-video',
			allowNo: true,
		}),
	},
	request: async ({args, flags}, sources) => ({
		...sceneOptions(flags),
		prompt: await promptOf(args, flags, sources),
		ratio: flags.ratio,
		firstFrame: await imageField(flags['first-frame'], '--first-frame'),
		lastFrame: await imageField(flags['last-frame'], '--last-frame'),
		refImages: await imageFields(flags['ref-image'] ?? [], '--ref-image'),
		elements: await elementIds(flags.element, sources),
		refVideo: flags['ref-video'],
		baseVideo: flags['base-video'],
		keepSound: flags['keep-sound'],
	}),
});
