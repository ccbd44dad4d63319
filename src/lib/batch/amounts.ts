/** Units are decimals with few places; sums of doubles would show 0.30000000000000004. */
const places = 1000;

/** A sum of units, as a decimal without trailing zeros. */
export const sumUnits = (units: readonly (string | undefined)[]): string =>
	String(units.reduce((sum, text) => sum + Math.round(Number(text ?? 0) * places), 0) / places);

/** Money for units, with two places. */
export const moneyFor = (units: string, unitPrice: number): string => (Number(units) * unitPrice).toFixed(2);
