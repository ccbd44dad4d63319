import type {Pack, PerPack} from '../task-types/packs.js';
import {sumUnits} from './units.js';

/** The cost of something in units, with their kind; undefined when unknown. */
export interface Amount {
	pack: Pack;
	units: string | undefined;
}

/** Sums of units as documents show them, by kind. */
export interface PackUnits {
	/** For videos and sound. */
	units: string;
	/** For pictures, if there are any. */
	image_units?: string | undefined;
}

const sumOf = (amounts: readonly Amount[], wanted: Pack): string =>
	sumUnits(amounts.filter(({pack}) => pack === wanted).map(({units}) => units));

/** Adds up units. Unknown amounts count as zero. */
export const addUnits = (amounts: readonly Amount[]): PackUnits => ({
	units: sumOf(amounts, 'video'),
	...(amounts.some(({pack}) => pack === 'image') && {image_units: sumOf(amounts, 'image')}),
});

/** The value of units of all kinds, with two decimal places. */
export const moneyFor = (amounts: readonly Amount[], unitPrice: PerPack<number>): string =>
	(
		Number(sumOf(amounts, 'video')) * unitPrice.video +
		Number(sumOf(amounts, 'image')) * unitPrice.image
	).toFixed(2);

/** Units in readable form. Image units are labelled. */
export const unitsText = ({units, image_units: imageUnits}: PackUnits): string => {
	if (imageUnits === undefined) return `${units} units`;
	return Number(units) === 0 ? `${imageUnits} image units` : `${units} units and ${imageUnits} image units`;
};
