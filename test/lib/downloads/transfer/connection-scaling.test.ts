import {describe, expect, test} from 'vitest';
import {createSplitting, tickMs} from '../../../../src/lib/downloads/transfer/connection-scaling.js';

/**
 * Simulates a transfer of `length` bytes whose speed depends on the time and on whether more connections are
 * open.
 */
function play(
	length: number,
	bytesPerSecond: (second: number, isSplit: boolean) => number,
	{seconds = 10, waits = () => 0}: {seconds?: number; waits?: (tick: number) => number} = {},
) {
	const decide = createSplitting();
	const decisions: [decision: string, ms: number][] = [];
	let received = 0;
	let isSplit = false;
	for (let tick = 1; tick * tickMs <= seconds * 1000 && received < length; tick++) {
		received += (bytesPerSecond((tick * tickMs) / 1000, isSplit) * tickMs) / 1000;
		const decision = decide({received, rest: length - received, waits: waits(tick)});
		if (decision) decisions.push([decision, tick * tickMs]);
		isSplit ||= decision === 'more';
	}
	return decisions;
}

const mb = 1e6;

describe('more connections', () => {
	test('are opened after 0.2 s when more than a second would remain, and kept when they help', () => {
		expect(play(200 * mb, (_, isSplit) => (isSplit ? 80 : 20) * mb)).toEqual([['more', 200]]);
	});

	test('are not opened for what ends within a second', () => {
		expect(play(200 * mb, () => 400 * mb)).toEqual([]);
		expect(play(20 * mb, () => 18 * mb)).toEqual([]);
	});

	test('are opened later when a server slows down after a first burst', () => {
		expect(play(200 * mb, (second) => (second < 0.35 ? 400 : 10) * mb, {seconds: 1})).toEqual([
			['more', 500],
		]);
	});

	test('are closed when all share one limit', () => {
		expect(play(200 * mb, (_, isSplit) => (isSplit ? 21 : 20) * mb)).toEqual([
			['more', 200],
			['fewer', 1700],
		]);
	});

	test('are not opened where our own limit holds the transfer back', () => {
		expect(play(200 * mb, () => 5 * mb, {waits: (tick) => tick})).toEqual([]);
	});

	test('are opened when nothing comes at all', () => {
		expect(play(200 * mb, () => 0, {seconds: 1})).toEqual([['more', 200]]);
	});
});
