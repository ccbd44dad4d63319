import {getEventListeners} from 'node:events';
import {describe, expect, test} from 'vitest';
import {createAbortCalls} from '../../../src/lib/system/abort-calls.js';

const listeners = ({signal}: AbortController) => getEventListeners(signal, 'abort').length;

describe('a call when a signal aborts', () => {
	test('comes once, however many of the signals abort', () => {
		const [one, other] = [new AbortController(), new AbortController()];
		let calls = 0;
		createAbortCalls()([one.signal, undefined, other.signal], () => void calls++);
		expect(calls).toBe(0);
		other.abort();
		one.abort();
		expect(calls).toBe(1);
		expect(listeners(one)).toBe(0);
	});

	test('comes at once when one has aborted, and leaves no listener', () => {
		const one = new AbortController();
		let calls = 0;
		createAbortCalls()([one.signal, AbortSignal.abort()], () => void calls++);
		expect(calls).toBe(1);
		expect(listeners(one)).toBe(0);
	});

	test('does not come once it is released, and leaves no listener', () => {
		const one = new AbortController();
		let calls = 0;
		createAbortCalls()([one.signal], () => void calls++)();
		expect(listeners(one)).toBe(0);
		one.abort();
		expect(calls).toBe(0);
	});

	test('comes to all that share a signal with one listener, but for those released', () => {
		const one = new AbortController();
		const onAbort = createAbortCalls();
		const called: number[] = [];
		const release = [0, 1, 2, 3].map((which) => onAbort([one.signal], () => void called.push(which)));
		release[1]?.();
		expect(listeners(one)).toBe(1);
		one.abort();
		expect(called).toEqual([0, 2, 3]);
		expect(listeners(one)).toBe(0);
	});

	test('that releases another one prevents it', () => {
		const one = new AbortController();
		const onAbort = createAbortCalls();
		let calls = 0;
		let release = () => {};
		onAbort([one.signal], () => release());
		release = onAbort([one.signal], () => void calls++);
		one.abort();
		expect(calls).toBe(0);
	});
});
