import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
	addSpan,
	areInOrder,
	gaps,
	type Span,
	type Spans,
	sizeOf,
} from '../../../../src/lib/downloads/transfer/byte-ranges.js';

const length = 60;
const span = fc
	.tuple(fc.nat(length), fc.nat(length))
	.map(([a, b]): Span => ({start: Math.min(a, b), end: Math.max(a, b)}));
const some = fc.array(span, {maxLength: 12});

const added = (spans: readonly Span[]) => spans.reduce<Spans>((all, one) => addSpan(all, one), []);
/** The bytes one by one: slow and simple. */
const bytesOf = (spans: readonly Span[]) =>
	new Set(spans.flatMap(({start, end}) => Array.from({length: end - start}, (_, index) => start + index)));

describe('spans', () => {
	test('contain the bytes that were added, in order and joined', () => {
		fc.assert(
			fc.property(some, (spans) => {
				const all = added(spans);
				expect(bytesOf(all)).toEqual(bytesOf(spans));
				expect(sizeOf(all)).toBe(bytesOf(spans).size);
				expect(areInOrder(all)).toBe(true);
			}),
		);
	});

	test('are the same whatever the order of adding', () => {
		fc.assert(
			fc.property(some, fc.infiniteStream(fc.nat()), (spans, order) => {
				const shuffled = [...spans].sort(() => ((order.next().value ?? 0) % 3) - 1);
				expect(added(shuffled)).toEqual(added(spans));
			}),
		);
	});

	test('and their gaps make up the file', () => {
		fc.assert(
			fc.property(some, (spans) => {
				const all = added(spans);
				const missing = gaps(all, length);
				expect(areInOrder(missing)).toBe(true);
				expect(sizeOf(all) + sizeOf(missing)).toBe(length);
				expect(added([...all, ...missing])).toEqual([{start: 0, end: length}]);
			}),
		);
	});

	test('of a file of unknown length lack its end', () => {
		expect(gaps([{start: 0, end: 5}], Number.POSITIVE_INFINITY)).toEqual([
			{start: 5, end: Number.POSITIVE_INFINITY},
		]);
	});

	test.each([
		[[{start: 5, end: 5}]],
		[[{start: 5, end: 4}]],
		[[{start: -1, end: 4}]],
		[
			[
				{start: 0, end: 4},
				{start: 4, end: 8},
			],
		],
		[
			[
				{start: 4, end: 8},
				{start: 0, end: 2},
			],
		],
	])('that are not in order are found: %j', (spans) => {
		expect(areInOrder(spans)).toBe(false);
	});
});
