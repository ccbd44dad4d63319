import {Flags} from '@oclif/core';
import {imageField} from '../../lib/inputs/image.js';
import {defaultOrientation} from '../../lib/task-types/motion.js';
import {withErrorCode} from '../flags/facts.js';
import {address} from '../flags/parsers.js';
import {
	elementFlag,
	elementIds,
	modelFlag,
	pictureFlag,
	promptArg,
	promptOf,
	sceneFlags,
} from '../flags/scene.js';
import {stdOrProFlag} from '../flags/spoken.js';
import {defineRequest} from './builder.js';

export const motion = defineRequest({
	type: 'motion',
	args: {prompt: promptArg},
	flags: {
		image: pictureFlag('picture of the person who moves: head and upper body visible'),
		video: withErrorCode(
			'invalid_url',
			Flags.string({
				helpValue: 'URL',
				description:
					'address of the video to copy the motion from: mp4 or mov, one person in one take, 3-30 s, at most 100 MB; Kling takes no files here',
				parse: address('video'),
			}),
		),
		model: modelFlag('motion'),
		orientation: Flags.custom<'image' | 'video'>({
			description:
				'which way the person faces: as in the picture, with a video of 3-10 s, or as in the video, of 3-30 s',
			options: ['image', 'video'],
			defaultHelp: async () => defaultOrientation,
		})(),
		mode: stdOrProFlag(),
		element: elementFlag,
		'keep-sound': Flags.boolean({
			description: 'keep the sound of the video',
			default: true,
			allowNo: true,
		}),
		'prompt-file': sceneFlags['prompt-file'],
		'allow-unknown-model': sceneFlags['allow-unknown-model'],
		watermark: sceneFlags.watermark,
	},
	request: async ({args, flags}, sources) => ({
		model: flags.model,
		allowUnknownModel: flags['allow-unknown-model'],
		prompt: await promptOf(args, flags, sources),
		image: await imageField(flags.image, '--image'),
		video: flags.video,
		orientation: flags.orientation,
		mode: flags.mode,
		elements: await elementIds(flags.element, sources),
		keepSound: flags['keep-sound'],
		watermark: flags.watermark,
	}),
});
