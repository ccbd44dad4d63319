/** Units are decimals; sums of them are kept free of the dust of binary fractions. */
const grain = 1e6;

/** A number of units from the text that Kling or a price list gives; undefined where there is none. */
export function toUnits(text: string | undefined): number | undefined {
	if (text === undefined || text.trim() === '') return undefined;
	const units = Number(text);
	return Number.isFinite(units) && units >= 0 ? clean(units) : undefined;
}

/** A sum without dust: 0.1 + 0.2 is 0.3. */
export const clean = (units: number): number => Math.round(units * grain) / grain;

export const sum = (units: readonly number[]): number => clean(units.reduce((all, one) => all + one, 0));

/** A sum of decimals, as a decimal without trailing zeros; what is unknown counts nothing. */
export const sumUnits = (units: readonly (string | undefined)[]): string =>
	String(sum(units.map((text) => toUnits(text) ?? 0)));

/** Money with two places. */
export const moneyOf = (amount: number): number => Math.round(clean(amount) * 100) / 100;
