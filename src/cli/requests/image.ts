import {Flags} from '@oclif/core';
import {imageField} from '../../lib/inputs/image.js';
import {pictureModel} from '../../lib/task-types/picture-models.js';
import {decimalNumber} from '../flags/parsers.js';
import {
	countFlag,
	pictureModelFlag,
	pictureRatioFlag,
	resolutionFlag,
	unknownModelFlag,
	watermarkFlag,
} from '../flags/pictures.js';
import {elementFlag, elementIds, pictureFlag, promptArg, promptFlags, promptOf} from '../flags/scene.js';
import {negativeFlag} from '../flags/shared.js';
import {defineRequest} from './builder.js';

const share = (name: string, description: string) =>
	Flags.custom<number>({
		helpValue: 'NUMBER',
		description: `${description}, 0-1`,
		parse: decimalNumber(name, 0, 1),
	})();

export const image = defineRequest({
	type: 'image',
	args: {prompt: promptArg},
	flags: {
		model: pictureModelFlag('image', 'kling-v3'),
		'allow-unknown-model': unknownModelFlag,
		...promptFlags,
		negative: negativeFlag,
		image: pictureFlag('picture to begin from'),
		reference: Flags.custom<'subject' | 'face'>({
			description: 'what to take from --image; for kling-v2-1',
			options: ['subject', 'face'],
		})(),
		fidelity: share('fidelity', 'how closely to follow the picture'),
		'human-fidelity': share('human-fidelity', 'how closely to follow the face of the subject'),
		element: elementFlag,
		resolution: resolutionFlag(['1k', '2k']),
		count: countFlag,
		ratio: pictureRatioFlag([], '16:9'),
		watermark: watermarkFlag,
	},
	request: async ({args, flags}, sources) => ({
		model: pictureModel(flags.model, 'image', flags['allow-unknown-model']),
		prompt: await promptOf(args, flags, sources),
		negative: flags.negative,
		image: await imageField(flags.image, '--image'),
		reference: flags.reference,
		fidelity: flags.fidelity,
		humanFidelity: flags['human-fidelity'],
		elements: await elementIds(flags.element, sources),
		resolution: flags.resolution,
		count: flags.count,
		ratio: flags.ratio,
		watermark: flags.watermark,
	}),
});
