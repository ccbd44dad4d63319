import {expect, test} from 'vitest';
import {decimalNumber, durationMs, limitedText, wholeNumber} from '../../../src/cli/flags/parsers.js';
import type {KlingError} from '../../../src/lib/errors/kling-error.js';

/** Plugins' flags have no error codes of their own, so the hint says what is allowed. */
test.each([
	[wholeNumber('count', 1, 9), '99', 'Use a whole number from 1 to 9.'],
	[decimalNumber('strength', 0, 2), '-1', 'Use a number from 0 to 2.'],
	[durationMs('every', 'invalid_flag'), 'soon', 'Use a duration such as 90s, 30m or 2h.'],
	[limitedText('caption', 3), 'abcd', 'Use at most 3 characters.'],
])('a parser without its own error code: %#', async (parse, input, hint) => {
	const error = await parse(input).catch((thrown: unknown) => thrown);
	expect(error).toMatchObject({code: 'invalid_flag', exit: 2, details: {hint}});
});

test('an error code of its own has the hint of the error table', async () => {
	const error = await wholeNumber('limit', 1, 500, 'invalid_limit')('0').catch((thrown: unknown) => thrown);
	expect((error as KlingError).toDocument().error).toMatchObject({
		code: 'invalid_limit',
		hint: expect.stringContaining('--page'),
	});
});
