import fc from 'fast-check';
import {expect, test} from 'vitest';
import {
	applyChange,
	type Change,
	emptyPicks,
	inverseOf,
	pickOf,
	reviewOf,
} from '../../../src/lib/batch/picks.js';

test('a take is picked, rejected, rated and annotated', () => {
	const changes: Change[] = [
		{shot: 's1', pick: 2, take: 2, rating: 5},
		{shot: 's1', take: 1, rejected: true, note: 'too dark'},
		{shot: 's3', pick: 'none'},
	];
	const picks = changes.reduce(applyChange, emptyPicks);
	expect(picks).toEqual({
		version: 1,
		picks: {s1: {take: 2}, s3: {take: null}},
		takes: {s1: {1: {rejected: true, note: 'too dark'}, 2: {rating: 5}}},
	});
	expect([pickOf(picks, 's1'), pickOf(picks, 's3'), pickOf(picks, 's2')]).toEqual([2, 'none', undefined]);
	expect(reviewOf(picks, 's1', 1).note).toBe('too dark');
});

const change: fc.Arbitrary<Change> = fc.record(
	{
		shot: fc.constantFrom('s1', 's2', '__proto__', 'constructor'),
		pick: fc.constantFrom(1, 2, 'none' as const, null),
		take: fc.constantFrom(1, 2, 3),
		rejected: fc.constantFrom(true, null),
		rating: fc.constantFrom(1, 5, null),
		note: fc.constantFrom('dark', null),
	},
	{requiredKeys: ['shot']},
);

test("every change can be undone, whatever the shot's name", () => {
	fc.assert(
		fc.property(fc.array(change, {maxLength: 8}), change, (earlier, last) => {
			const before = earlier.reduce(applyChange, emptyPicks);
			const after = applyChange(before, last);
			expect(applyChange(after, inverseOf(before, last))).toEqual(before);
		}),
	);
});
