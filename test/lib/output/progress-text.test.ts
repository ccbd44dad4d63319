import {expect, test} from 'vitest';
import {transferText, waitText} from '../../../src/lib/output/progress-text.js';

const id = '900000000000000101';
const atWidth = (width: number, of: readonly [number, number | undefined] = [12_300_000, 45_600_000]) =>
	transferText(id, of, 3000, 0, width);

test.each([
	[200, '900000000000000101  12.3 of 45.6 MB   4.1 MB/s  0:08 left  [#####---------------]'],
	[79, '900000000000000101  12.3 of 45.6 MB   4.1 MB/s  0:08 left  [#####-------------]'],
	[59, '900000000000000101  12.3 of 45.6 MB   4.1 MB/s  0:08 left'],
	[50, '…0000101  12.3 of 45.6 MB   4.1 MB/s  0:08 left'],
	[39, '…0000101  26 %   4.1 MB/s  0:08 left'],
	[30, '26 %   4.1 MB/s  0:08 left'],
	[19, '26 %  0:08 left'],
])('a transfer in %i cells', (width, text) => {
	expect(atWidth(width)).toBe(text);
	expect(text.length).toBeLessThanOrEqual(width);
});

test('a transfer of a large file, at 60 columns: size, speed and time left', () => {
	expect(atWidth(59, [99_900_000, 2_147_500_000])).toBe(
		'…0000101    99.9 of 2147.5 MB  33.3 MB/s  1:01 left',
	);
});

test('a transfer of unknown size, and one that has not started', () => {
	expect(atWidth(59, [12_300_000, undefined])).toBe(`${id}  12.3 MB   4.1 MB/s`);
	expect(atWidth(30, [12_300_000, undefined])).toBe('…0000101  12.3 MB   4.1 MB/s');
	expect(transferText(id, [0, 45_600_000], 0, 0, 59)).toBe(`${id}   0.0 of 45.6 MB   0.0 MB/s  [---------]`);
});

test('bytes that existed before do not count as speed', () => {
	expect(transferText(id, [40_000_000, 50_000_000], 1000, 39_000_000, 59)).toContain(
		'   1.0 MB/s  0:10 left',
	);
});

test('a wait, as wide as there is room', () => {
	const long = 'kling-mwttjbb0-27ea12c0796438df';
	const wait = (of: string, width: number) => waitText(of, 'processing', 75_000, 130_000, width);
	expect(wait(id, 59)).toBe('900000000000000101  processing  1:15  (usually about 2:10)');
	expect(wait(long, 59)).toBe('…96438df  processing  1:15  (usually about 2:10)');
	expect(wait(id, 39)).toBe('900000000000000101  processing  1:15');
	expect(wait(long, 39)).toBe('…96438df  processing  1:15');
	expect(wait(long, 19)).toBe('processing  1:15');
	expect(waitText(id, 'submitted', 0, undefined, 59)).toBe('900000000000000101  submitted  0:00');
});
