import {getEventListeners} from 'node:events';
import {describe, expect, test} from 'vitest';
import {whenAborted} from '../../../src/lib/system/when-aborted.js';

describe('a call when a signal aborts', () => {
	test('comes once, however many of the signals abort', () => {
		const [one, other] = [new AbortController(), new AbortController()];
		let calls = 0;
		whenAborted([one.signal, undefined, other.signal], () => void calls++);
		expect(calls).toBe(0);
		other.abort();
		one.abort();
		expect(calls).toBe(1);
	});

	test('comes at once when one has aborted, and leaves no listener', () => {
		const one = new AbortController();
		let calls = 0;
		whenAborted([one.signal, AbortSignal.abort()], () => void calls++);
		expect(calls).toBe(1);
		expect(getEventListeners(one.signal, 'abort')).toEqual([]);
	});
});
