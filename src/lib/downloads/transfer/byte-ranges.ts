/** Bytes of a file from `start` up to, and not including, `end`. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/** In order, none empty, none touching another. */
export type Spans = readonly Span[];

/** The spans with one more, which may overlap them; an empty one changes nothing. */
export function addSpan(spans: Spans, added: Span): Spans {
	if (added.start >= added.end) return spans;
	const before = spans.filter(({end}) => end < added.start);
	const after = spans.filter(({start}) => start > added.end);
	const joined = spans.slice(before.length, spans.length - after.length);
	const start = Math.min(added.start, joined[0]?.start ?? added.start);
	const end = Math.max(added.end, joined.at(-1)?.end ?? added.end);
	return [...before, {start, end}, ...after];
}

/** What of a file of `length` bytes is not in the spans. */
export function gaps(spans: Spans, length: number): Spans {
	const ends = [0, ...spans.map(({end}) => end)];
	const starts = [...spans.map(({start}) => start), length];
	return ends
		.map((start, index) => ({start, end: Math.min(starts[index] ?? length, length)}))
		.filter(({start, end}) => start < end);
}

/** How many bytes the spans hold. */
export function sizeOf(spans: Spans): number {
	return spans.reduce((sum, {start, end}) => sum + end - start, 0);
}

/** Whether what was read from outside is in order, as every function here needs it. */
export function areInOrder(spans: readonly Span[]): boolean {
	return spans.every(({start, end}, index) => start < end && start > (spans[index - 1]?.end ?? -1));
}
