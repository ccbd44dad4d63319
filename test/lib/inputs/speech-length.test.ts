import {describe, expect, test} from 'vitest';
import {maxSpeechSeconds, speechFlaw} from '../../../src/lib/inputs/speech-length.js';

const limits = {minSeconds: 2, maxSeconds: 60};

describe('the longest that speech from a text should last', () => {
	test.each([
		['', 2],
		['Hi.', 2],
		// Kling speaks it in 4 s.
		['Welcome to the harbour. The next ferry leaves at noon.', 9],
		// About 3 s.
		['今天天气很好，我们去公园吧。', 8],
		// A digit counts as a word.
		['Call 555 2368', 6],
		['a'.repeat(1000), 60],
	])('%j: %i s', (text, seconds) => {
		expect(maxSpeechSeconds(text, limits)).toBe(seconds);
	});
});

describe('a text whose speech cannot have an allowed length', () => {
	test.each([
		['Hi.', limits, 'takes at most 1.4 s to say; 2 to 60 s are allowed'],
		['你好。', limits, undefined],
		['Hello you', limits, undefined],
		// Read very fast, this fits.
		['a'.repeat(1000), limits, undefined],
		['狐'.repeat(601), limits, 'takes at least 60.1 s to say; 2 to 60 s are allowed'],
		['狐'.repeat(1000), {minSeconds: 2, maxSeconds: 300}, undefined],
	])('%.12j: %j', (text, allowed, flaw) => {
		expect(speechFlaw(text, allowed)).toBe(flaw);
	});
});
