import {Flags} from '@oclif/core';
import {limits} from '../../lib/inputs/limits.js';
import {type MovingMask, parseMovingMask} from '../../lib/inputs/masks.js';
import {readPictures} from '../../lib/inputs/motion-brush.js';
import {withErrorCode} from '../flags/facts.js';
import {
	classicFlags,
	classicOptions,
	elementFlag,
	elementIds,
	longPromptArg,
	modelFlag,
	pictureFlag,
	promptOf,
	sceneFlags,
	sceneOptions,
	voiceIds,
} from '../flags/scene.js';
import {defineRequest} from './builder.js';

export const image2video = defineRequest({
	type: 'image2video',
	args: {prompt: longPromptArg('image2video')},
	flags: {
		image: pictureFlag('picture that the video begins with'),
		'last-frame': pictureFlag('picture that it ends with'),
		model: modelFlag('image2video'),
		...sceneFlags,
		...classicFlags,
		element: elementFlag,
		voice: Flags.string({
			helpValue: 'NAME|ID',
			description: 'voice that speaks at <<<voice_1>>> in the prompt; repeat it for <<<voice_2>>>',
			multiple: true,
			multipleNonGreedy: true,
		}),
		'static-mask': pictureFlag('mask of the area that must not move; old models only', 'invalid_mask'),
		'dynamic-mask': withErrorCode(
			'invalid_mask',
			Flags.custom<MovingMask>({
				helpValue: '"FILE:X,Y;X,Y"',
				description: `mask of what moves, and its path; up to ${limits.masks} times; old models only`,
				multiple: true,
				multipleNonGreedy: true,
				parse: async (input) => parseMovingMask(input),
			})(),
		),
	},
	request: async ({args, flags}, sources) => {
		const {image, 'last-frame': lastFrame, 'static-mask': staticMask, 'dynamic-mask': dynamicMasks} = flags;
		return {
			...sceneOptions(flags),
			...classicOptions(flags),
			prompt: await promptOf(args, flags, sources),
			...(await readPictures({image, lastFrame, staticMask, dynamicMasks})),
			voices: await voiceIds(flags.voice, sources),
			elements: await elementIds(flags.element, sources),
		};
	},
});
