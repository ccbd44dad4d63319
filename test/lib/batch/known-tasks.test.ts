import {expect, test} from 'vitest';
import {readKnownTasks} from '../../../src/lib/batch/known-tasks.js';
import type {StateLine} from '../../../src/lib/batch/state-file.js';

const at = '2026-11-26T12:00:00.000Z';
const retry = (attempt: unknown): StateLine => ({
	at,
	event: 'retry',
	shot: 'a',
	take: 1,
	attempt: attempt as number,
});

test.each([
	['a number that is not a whole number from 1', [0, -1, 1.5, 1e308, Number.NaN, '3'], undefined],
	['the number of an earlier attempt, which was there twice', [2, 3, 2], 3],
])('a line of a state file with %s does not make another task of a take', (_, attempts, expected) => {
	expect(readKnownTasks(attempts.map(retry), '/project').attempts.get('a/1')).toBe(expected);
});
