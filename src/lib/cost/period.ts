/** The periods after which a budget starts anew. */
export const periods = ['day', 'week', 'month', 'total'] as const;

export type Period = (typeof periods)[number];

/**
 * The name of the period that contains a time, by this machine's calendar: `2026-11-26`, `2026-11-23` (the
 * Monday of the week), `2026-11`, or `total`.
 * @param ms Unix milliseconds
 */
export function periodOf(period: Period, ms: number): string {
	if (period === 'total') return period;
	const day = new Date(ms);
	if (period === 'week') day.setDate(day.getDate() - ((day.getDay() + 6) % 7));
	const two = (number: number) => String(number).padStart(2, '0');
	const month = `${day.getFullYear()}-${two(day.getMonth() + 1)}`;
	return period === 'month' ? month : `${month}-${two(day.getDate())}`;
}
