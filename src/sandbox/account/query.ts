/** The query of a page; stored with its cursor, which overrides every other field. */
export interface ChargesQuery {
	from: number;
	to: number;
	limit: number;
	filters: readonly {key: string; values: readonly string[]}[];
}
