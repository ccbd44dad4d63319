import type {Pack, PerPack} from '../task-types/packs.js';
import {sumUnits} from './units.js';

/** Units that something costs or cost, with their kind; undefined where nobody knows. */
export interface Amount {
	pack: Pack;
	units: string | undefined;
}

/** Sums of units as documents show them, each kind by itself. */
export interface PackUnits {
	/** Of videos and sound. */
	units: string;
	/** Of pictures, where there are any. */
	image_units?: string | undefined;
}

const sumOf = (amounts: readonly Amount[], wanted: Pack): string =>
	sumUnits(amounts.filter(({pack}) => pack === wanted).map(({units}) => units));

/** Adds up units; what is unknown counts nothing. */
export const addUnits = (amounts: readonly Amount[]): PackUnits => ({
	units: sumOf(amounts, 'video'),
	...(amounts.some(({pack}) => pack === 'image') && {image_units: sumOf(amounts, 'image')}),
});

/** Money for units of all kinds, with two places. */
export const moneyFor = (amounts: readonly Amount[], unitPrice: PerPack<number>): string =>
	(
		Number(sumOf(amounts, 'video')) * unitPrice.video +
		Number(sumOf(amounts, 'image')) * unitPrice.image
	).toFixed(2);

/** Units for people: those of pictures are named. */
export const unitsText = ({units, image_units: imageUnits}: PackUnits): string => {
	if (imageUnits === undefined) return `${units} units`;
	return Number(units) === 0 ? `${imageUnits} image units` : `${units} units and ${imageUnits} image units`;
};
