import {imageField, imageFields} from '../../lib/inputs/image.js';
import {limits} from '../../lib/inputs/limits.js';
import {pictureModel} from '../../lib/task-types/picture-models.js';
import {
	countFlag,
	pictureModelFlag,
	pictureRatioFlag,
	picturesFlag,
	unknownModelFlag,
	watermarkFlag,
} from '../flags/pictures.js';
import {pictureFlag, promptArg, promptFlags, promptOf} from '../flags/scene.js';
import {defineRequest} from './builder.js';

export const imageMulti = defineRequest({
	type: 'image-multi',
	args: {prompt: promptArg},
	flags: {
		model: pictureModelFlag('image-multi', 'kling-v2-1'),
		'allow-unknown-model': unknownModelFlag,
		...promptFlags,
		image: picturesFlag(`a subject, cropped to it; up to ${limits.subjects} times`),
		scene: pictureFlag('picture of the scene'),
		style: pictureFlag('picture to take the style from'),
		count: countFlag,
		ratio: pictureRatioFlag([], '16:9'),
		watermark: watermarkFlag,
	},
	request: async ({args, flags}, sources) => ({
		model: pictureModel(flags.model, 'image-multi', flags['allow-unknown-model']),
		prompt: await promptOf(args, flags, sources),
		subjects: await imageFields(flags.image ?? [], '--image'),
		scene: await imageField(flags.scene, '--scene'),
		style: await imageField(flags.style, '--style'),
		count: flags.count,
		ratio: flags.ratio,
		watermark: flags.watermark,
	}),
});
