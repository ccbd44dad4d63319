import {Flags} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {limits} from '../../lib/inputs/limits.js';
import {
	livePictureModels,
	type PictureType,
	pictureRatios,
	type Resolution,
} from '../../lib/task-types/picture-models.js';
import {withErrorCode} from './facts.js';
import {wholeNumber} from './parsers.js';

/** Flags of the commands that make pictures. */

export const pictureModelFlag = (type: PictureType, usual: string) =>
	withErrorCode(
		'invalid_model',
		Flags.string({
			char: 'm',
			helpValue: 'NAME',
			description: `${livePictureModels(type).join(', ')}; what each can do: kling models`,
			default: usual,
			parse: async (input) => {
				if (input.trim() !== '') return input.trim();
				throw new KlingError('invalid_model', '--model is empty');
			},
		}),
	);

export const unknownModelFlag = Flags.boolean({
	description: 'send a --model that this version of kling does not know',
});

export const countFlag = Flags.custom<number>({
	char: 'n',
	helpValue: 'NUMBER',
	description: `how many pictures, 1-${limits.pictures}; each is paid for`,
	defaultHelp: async () => '1',
	parse: wholeNumber('count', 1, limits.pictures),
})();

export const pictureRatioFlag = (more: readonly string[], usual: string) =>
	Flags.string({
		description: 'width to height',
		options: [...pictureRatios, ...more],
		defaultHelp: async () => usual,
	});

export const resolutionFlag = (options: readonly Resolution[], description = 'size of a picture') =>
	Flags.custom<Resolution>({description, options: [...options], defaultHelp: async () => '1k'})();

export const watermarkFlag = Flags.boolean({description: 'also make watermarked copies'});

/** Several pictures. */
export const picturesFlag = (description: string) =>
	withErrorCode(
		'invalid_image',
		Flags.string({
			helpValue: 'FILE|URL',
			description,
			multiple: true,
			multipleNonGreedy: true,
		}),
	);
