import {getEventListeners} from 'node:events';
import {describe, expect, test} from 'vitest';
import {anySignal, whenAborted} from '../../../src/lib/system/any-signal.js';

describe('a signal that follows others', () => {
	test('aborts with the first of them, for its reason', () => {
		const [one, other] = [new AbortController(), new AbortController()];
		const {signal} = anySignal([one.signal, undefined, other.signal]);
		expect(signal.aborted).toBe(false);
		other.abort('enough');
		one.abort('late');
		expect(signal.reason).toBe('enough');
		expect(getEventListeners(one.signal, 'abort')).toEqual([]);
	});

	test('has aborted when one of them already has', () => {
		const [one, other] = [new AbortController(), new AbortController()];
		other.abort('before');
		expect(anySignal([one.signal, other.signal]).signal.reason).toBe('before');
		expect(getEventListeners(one.signal, 'abort')).toEqual([]);
	});

	test('follows no longer, and is no longer known to them, once released', () => {
		const one = new AbortController();
		const {signal, release} = anySignal([one.signal]);
		release();
		expect(getEventListeners(one.signal, 'abort')).toEqual([]);
		one.abort();
		expect(signal.aborted).toBe(false);
	});
});

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
