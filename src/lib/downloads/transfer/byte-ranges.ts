/** The bytes of a file from `start` up to, but not including, `end`. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/** In order, none empty, none adjacent to another. */
export type Spans = readonly Span[];

/** Adds a span, which may overlap the others. An empty one changes nothing. */
export function addSpan(spans: Spans, added: Span): Spans {
	if (added.start >= added.end) return spans;
	const before = spans.filter(({end}) => end < added.start);
	const after = spans.filter(({start}) => start > added.end);
	const joined = spans.slice(before.length, spans.length - after.length);
	const start = Math.min(added.start, joined[0]?.start ?? added.start);
	const end = Math.max(added.end, joined.at(-1)?.end ?? added.end);
	return [...before, {start, end}, ...after];
}

/** The spans of a file of `length` bytes that are missing. */
export function gaps(spans: Spans, length: number): Spans {
	const missing: Span[] = [];
	let start = 0;
	for (const span of spans) {
		if (start < Math.min(span.start, length)) missing.push({start, end: Math.min(span.start, length)});
		start = span.end;
	}
	if (start < length) missing.push({start, end: length});
	return missing;
}

/** The total number of bytes in the spans. */
export function sizeOf(spans: Spans): number {
	return spans.reduce((sum, {start, end}) => sum + end - start, 0);
}

/** Whether spans read from outside are in the order that every function here requires. */
export function areInOrder(spans: readonly Span[]): boolean {
	return spans.every(({start, end}, index) => start < end && start > (spans[index - 1]?.end ?? -1));
}
