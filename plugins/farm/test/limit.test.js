import assert from 'node:assert/strict';
import {test} from 'node:test';
import {limit} from '../worker/limit.js';

test('only a limited number run at once, all of them finish, and one that fails frees its place', async () => {
	const inTurn = limit(2);
	let running = 0;
	let most = 0;
	const results = await Promise.allSettled(
		[1, 2, 3, 4, 5].map((number) =>
			inTurn(async () => {
				most = Math.max(most, ++running);
				await new Promise((resolve) => setImmediate(resolve));
				running--;
				if (number === 2) throw new Error('two');
				return number;
			}),
		),
	);
	assert.equal(most, 2);
	assert.deepEqual(
		results.map(({status}) => status),
		['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
	);
});
