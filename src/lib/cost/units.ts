/** Units are decimals. Sums are rounded to this many parts of a unit, to remove binary rounding errors. */
const grain = 1e6;

/** Parses a number of units from Kling or a price list; undefined when there is none. */
export function toUnits(text: string | undefined): number | undefined {
	if (text === undefined || text.trim() === '') return undefined;
	const units = Number(text);
	return Number.isFinite(units) && units >= 0 ? clean(units) : undefined;
}

/** Removes binary rounding errors: 0.1 + 0.2 becomes 0.3. */
export const clean = (units: number): number => Math.round(units * grain) / grain;

export const sum = (units: readonly number[]): number => clean(units.reduce((all, one) => all + one, 0));

/** Adds up decimals into a decimal without trailing zeros. Unknown amounts count as zero. */
export const sumUnits = (units: readonly (string | undefined)[]): string =>
	String(sum(units.map((text) => toUnits(text) ?? 0)));

/** Money with two decimal places. */
export const moneyOf = (amount: number): number => Math.round(clean(amount) * 100) / 100;
