import {expect, test} from 'vitest';
import {isGenerated, newExternalId, nextExternalId, retryHint} from '../../../src/lib/tasks/external-ids.js';
import {fakeClock} from '../../support/session.js';

test.each([
	['fox', 'fox-2'],
	['fox-2', 'fox-3'],
	['fox-99', 'fox-100'],
	['fox-1234567', 'fox-1234567-2'],
	['x'.repeat(64), `${'x'.repeat(62)}-2`],
	[`${'x'.repeat(61)}-99`, `${'x'.repeat(60)}-100`],
])('another try of %s is named %s', (name, next) => {
	expect(nextExternalId(name)).toBe(next);
});

test('a name that the program made is known as such, and a retry needs no other', () => {
	const name = newExternalId(fakeClock());
	expect(isGenerated(name)).toBe(true);
	expect(retryHint(name)).toBeUndefined();
	expect(isGenerated('kling-fox')).toBe(false);
	expect(retryHint('kling-fox')).toContain('--external-id kling-fox-2');
});
