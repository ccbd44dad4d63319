import {Flags} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {expansionTo} from '../../lib/inputs/expansion.js';
import {type Picture, readPicture} from '../../lib/inputs/image.js';
import {limits} from '../../lib/inputs/limits.js';
import {pictureRatios} from '../../lib/task-types/picture-models.js';
import {decimalNumber} from '../flags/parsers.js';
import {countFlag, watermarkFlag} from '../flags/pictures.js';
import {pictureFlag, promptArg, promptFlags, promptOf} from '../flags/scene.js';
import {defineRequest} from './builder.js';

const side = (name: string, of: string) =>
	Flags.custom<number>({
		helpValue: 'NUMBER',
		description: `how much is added there, as a share of the ${of}, 0-${limits.expansion}`,
		parse: decimalNumber(name, 0, limits.expansion),
	})();

const sides = {
	up: side('up', 'height'),
	down: side('down', 'height'),
	left: side('left', 'width'),
	right: side('right', 'width'),
};

export const imageExpand = defineRequest({
	type: 'image-expand',
	args: {prompt: promptArg},
	flags: {
		image: pictureFlag('the picture'),
		ratio: Flags.string({
			description: 'ratio of the result; how much that takes is read from the file',
			options: [...pictureRatios],
		}),
		area: Flags.custom<number>({
			helpValue: 'NUMBER',
			description: 'with --ratio: how many times the area, up to 3',
			defaultHelp: async () => 'the smallest with that ratio',
			parse: decimalNumber('area', 1, 3),
		})(),
		...sides,
		...promptFlags,
		count: countFlag,
		watermark: watermarkFlag,
	},
	async request({args, flags}, sources) {
		const picture = flags.image === undefined ? undefined : await readPicture(flags.image, '--image');
		const {up, down, left, right} = flags;
		return {
			image: picture?.field,
			...(flags.ratio === undefined || picture === undefined
				? {up, down, left, right}
				: expansionTo(sizeFor(picture, {up, down, left, right}), flags.ratio, flags.area)),
			prompt: await promptOf(args, flags, sources),
			count: flags.count,
			watermark: flags.watermark,
		};
	},
});

/** The size of a picture, which --ratio requires. */
function sizeFor({size}: Picture, given: Readonly<Record<string, number | undefined>>) {
	const both = Object.keys(given).find((name) => given[name] !== undefined);
	if (both !== undefined) {
		throw new KlingError('conflicting_input', `Both --ratio and --${both} were given`, {
			hint: 'Give --ratio, or the four sides.',
		});
	}
	if (size) return size;
	throw new KlingError(
		'conflicting_input',
		'--ratio needs the size of the picture, and an address is not fetched',
		{
			hint: 'Give --image as a file, or --up, --down, --left and --right.',
		},
	);
}
