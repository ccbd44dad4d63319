import {Flags} from '@oclif/core';
import {type PerPack, usdPerUnit} from '../../lib/task-types/packs.js';
import {withErrorCode} from './facts.js';
import {decimalNumber} from './parsers.js';

const priceFlag = (flag: string, units: string, usual: number) =>
	withErrorCode(
		'invalid_units',
		Flags.custom<number>({
			helpValue: 'MONEY',
			description: `price of a unit of ${units}`,
			default: usual,
			defaultHelp: async () => `${usual}, about what it costs in USD`,
			parse: decimalNumber(flag, 0, 1_000_000, 'invalid_units'),
		})(),
	);

/** What units are worth to the user. */
export const unitPriceFlags = {
	'unit-price': priceFlag('unit-price', 'videos and sound', usdPerUnit.video),
	'image-unit-price': priceFlag('image-unit-price', 'pictures', usdPerUnit.image),
};

export const unitPrices = (flags: {'unit-price': number; 'image-unit-price': number}): PerPack<number> => ({
	video: flags['unit-price'],
	image: flags['image-unit-price'],
});
