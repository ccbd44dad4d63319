import {expect, test} from 'vitest';
import {isGenerated, newExternalId, nextExternalId, retryHint} from '../../../src/lib/tasks/external-ids.js';
import {fakeClock} from '../../support/session.js';

test.each([
	['fox', 'fox-retry'],
	['fox-2', 'fox-2-retry'],
	['fox-retry', 'fox-retry2'],
	['fox-retry99', 'fox-retry100'],
	['fox-retry1234567', 'fox-retry1234567-retry'],
	['x'.repeat(64), `${'x'.repeat(58)}-retry`],
	[`${'x'.repeat(56)}-retry99`, `${'x'.repeat(55)}-retry100`],
])('a retry of %s is named %s', (name, next) => {
	expect(nextExternalId(name)).toBe(next);
});

test('a generated name is recognized, and a retry needs no other', () => {
	const name = newExternalId(fakeClock());
	expect(isGenerated(name)).toBe(true);
	expect(retryHint(name)).toBeUndefined();
	expect(isGenerated('kling-fox')).toBe(false);
	expect(retryHint('kling-fox')).toContain('--external-id kling-fox-retry');
});
