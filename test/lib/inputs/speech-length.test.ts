import {describe, expect, test} from 'vitest';
import {longestSpeech} from '../../../src/lib/inputs/speech-length.js';

const limits = {least: 2, most: 60};

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
		expect(longestSpeech(text, limits)).toBe(seconds);
	});
});
