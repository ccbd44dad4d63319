import {Flags} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {imageFields} from '../../lib/inputs/image.js';
import {limits} from '../../lib/inputs/limits.js';
import {pictureModel, resolutions} from '../../lib/task-types/picture-models.js';
import {withFacts} from '../flags/facts.js';
import {wholeNumber} from '../flags/parsers.js';
import {
	countFlag,
	pictureModelFlag,
	pictureRatioFlag,
	picturesFlag,
	resolutionFlag,
	unknownModelFlag,
	watermarkFlag,
} from '../flags/pictures.js';
import {elementFlag, elementIds, promptArg, promptFlags, promptOf} from '../flags/scene.js';
import {defineRequest} from './builder.js';

const amount = withFacts(
	async (input: string): Promise<number | 'auto'> =>
		input.trim() === 'auto' ? 'auto' : wholeNumber('series', 2, limits.pictures)(input),
	{code: 'invalid_flag'},
);

export const imageOmni = defineRequest({
	type: 'image-omni',
	args: {prompt: promptArg},
	flags: {
		model: pictureModelFlag('image-omni', 'kling-v3-omni'),
		'allow-unknown-model': unknownModelFlag,
		...promptFlags,
		image: picturesFlag('picture that the prompt names as <<<image_1>>>; repeat it for several'),
		element: elementFlag,
		series: Flags.custom<number | 'auto'>({
			helpValue: 'NUMBER|auto',
			description: `pictures that belong together, 2-${limits.pictures}, or as many as the model chooses; for kling-v3-omni`,
			parse: amount,
		})(),
		resolution: resolutionFlag(resolutions, 'size of a picture; 4k for kling-v3-omni, at twice the price'),
		count: countFlag,
		ratio: pictureRatioFlag(['auto'], '1:1 for text alone, else auto'),
		watermark: watermarkFlag,
	},
	async request({args, flags}, sources) {
		if (flags.series !== undefined && flags.count !== undefined) {
			throw new KlingError('conflicting_input', 'Both --series and --count were given', {
				hint: '--series makes pictures that belong together, --count single ones: give one of the two.',
			});
		}
		const model = pictureModel(flags.model, 'image-omni', flags['allow-unknown-model']);
		const images = await imageFields(flags.image ?? [], '--image');
		const isTextOnly = images.length === 0 && (flags.element ?? []).length === 0;
		return {
			model,
			prompt: await promptOf(args, flags, sources),
			images,
			elements: await elementIds(flags.element, sources),
			series: flags.series,
			resolution: flags.resolution,
			count: flags.count,
			// With only text, kling-v3-omni does not accept auto.
			ratio: flags.ratio ?? (isTextOnly ? '1:1' : undefined),
			watermark: flags.watermark,
		};
	},
});
