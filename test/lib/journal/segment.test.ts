import {describe, expect, test} from 'vitest';
import {buildSegment, lookUp, mergeSegments, type Posting} from '../../../src/lib/journal/segment.js';

const guard = Buffer.alloc(16);
const perLead = 2 ** 40;
const segmentOf = (postings: readonly Posting[], start = 0) =>
	buildSegment({start, end: start + 1000}, guard, postings);

/** Hashes with the same first byte, crowded at its low end, so that none is where it is expected. */
const crowded = Array.from({length: 500}, (_, index) => ({hash: 7 * perLead + index, offset: index}));

describe('a segment', () => {
	test('finds each hash, also where hashes are not spread evenly', () => {
		const ends = [0, 255 * perLead, 256 * perLead - 1].map((hash) => ({hash, offset: 9}));
		const segment = segmentOf([...crowded, ...ends]);
		for (const {hash, offset} of crowded) expect(lookUp(segment, hash)).toEqual([offset]);
		for (const {hash} of ends) expect(lookUp(segment, hash)).toEqual([9]);
		for (const hash of [1, 7 * perLead + 500, 8 * perLead, 254 * perLead]) {
			expect(lookUp(segment, hash)).toEqual([]);
		}
	});

	test('finds all lines of a hash that many lines have', () => {
		const many = Array.from({length: 1000}, (_, offset) => ({hash: 9 * perLead + perLead / 2, offset}));
		const segment = mergeSegments(segmentOf(many.slice(0, 400)), segmentOf(many.slice(400), 1000));
		expect(lookUp(segment, many[0]?.hash ?? 0)).toEqual(many.map(({offset}) => offset));
	});
});
