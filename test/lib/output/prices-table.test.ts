import {describe, expect, test} from 'vitest';
import {humanText} from '../../../src/lib/output/human.js';
import type {View} from '../../../src/lib/output/view.js';

const terminal = (width: number): View => ({width, colour: false, links: false, verbose: false});

const prices = {
	success: true,
	prices: [
		{
			command: 'video text2video, video image2video, video motion',
			...{model: 'kling-v2-5-turbo', detail: 'std, without sound'},
			...{units: 0.3, per: 'second', pack: 'video', usd: 0.042},
		},
		{command: 'voice say', units: 0.05, per: 'call', pack: 'video', usd: 0.007},
	],
	count: 2,
};

/** A price list and a ledger are read for their amounts. */
describe('the amounts of a list', () => {
	test('are shown at 80 columns, and what they are for', async () => {
		expect((await humanText(prices, terminal(80))).split('\n').slice(0, 3)).toEqual([
			'command                 model             detail            units  per     USD',
			'video text2video, vid…  kling-v2-5-turbo  std, without so…  0.3    second  0.042',
			'voice say                                                   0.05   call    0.007',
		]);
	});

	test('are the last to be dropped from a narrow one', async () => {
		expect((await humanText(prices, terminal(50))).split('\n')[0]).toMatch(/^command +model +units +USD$/);
		const ledger = {
			rows: [{deducted_at: 1, task_id: '900000000000000304', product: 'Image to Video', units: 2.5}],
		};
		expect((await humanText(ledger, terminal(52))).split('\n')[0]).toMatch(/^deducted .*units$/);
	});
});

test.each([
	[0.042, '0.042'],
	[0.0035, '0.0035'],
	[0.3, '0.30'],
	[0.84, '0.84'],
	[0, '0.00'],
	[0.00004, '0.00'],
	[-0.042, '-0.042'],
	[12.3456, '12.35'],
	[1234.5, '1,234.50'],
])('a price of %d is shown as %s', async (usd, shown) => {
	expect(await humanText({usd}, terminal(80))).toBe(`USD: ${shown}`);
});
