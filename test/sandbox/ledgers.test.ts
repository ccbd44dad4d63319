import {afterEach, beforeEach, expect, test} from 'vitest';
import {type Kling, startKling} from './kling.js';

let kling: Kling;
beforeEach(async () => {
	kling = await startKling({slots: 1000});
});
afterEach(() => kling.sandbox.close());

interface Charge {
	task_id: string;
	package_id?: string;
	deduction_amount: number;
	unit_before_deduction: number;
	unit_after_deduction: number;
	balance_after_deduction?: number;
	model_name: string;
	video_sound: string;
}

interface Page {
	result: {detail: Charge[]; count: number};
	next_cursor: string;
	has_more: boolean;
}

const everything = {start_time: 0, end_time: 9e12};

async function page(kind: 'package' | 'balance', body: object): Promise<Page> {
	const {body: reply} = await kling.call('POST', `/account/billing/${kind}`, {body});
	expect(reply.message).toBe('SUCCEED');
	return reply.data as Page;
}

async function left(): Promise<Record<string, number>> {
	kling.pass(1);
	const {body} = await kling.call('GET', `/account/costs?start_time=1700000000000&end_time=1900000000000`);
	const {resource_pack_subscribe_infos: packs} = body.data as {
		resource_pack_subscribe_infos: {resource_pack_name: string; remaining_quantity: number}[];
	};
	return Object.fromEntries(packs.map((pack) => [pack.resource_pack_name, pack.remaining_quantity]));
}

const clip = {model_name: 'kling-v3-omni', mode: 'std', prompt: 'x', aspect_ratio: '1:1', duration: '5'};

test('the balance of a pack and its charges agree', async () => {
	const before = await left();
	expect(before['Sandbox-Video-1000Units-5Con']).toBe(641.5);
	await kling.create('/v1/videos/omni-video', clip);
	await kling.create('/v1/videos/omni-video', {...clip, sound: 'on', prompt: '[fail]'});
	await kling.create('/v1/images/generations', {model_name: 'kling-v3', prompt: 'x', n: 2});
	await kling.call('POST', '/v1/audio/tts', {
		body: {text: 'Hello.', voice_id: 'oversea_male1', voice_language: 'en'},
	});
	kling.pass(300);

	const after = await left();
	expect(after['Sandbox-Image-10000Units-9Con']).toBe(9680 - 16);
	const charges = (await page('package', everything)).result.detail;
	// Newest first: each begins where the one below it ended.
	for (const pack of new Set(charges.map(({package_id: id}) => id))) {
		const ofPack = charges.filter(({package_id: id}) => id === pack);
		for (const [index, charge] of ofPack.entries()) {
			expect(charge.unit_before_deduction - charge.deduction_amount).toBeCloseTo(
				charge.unit_after_deduction,
				6,
			);
			if (ofPack[index + 1])
				expect(charge.unit_before_deduction).toBe(ofPack[index + 1]?.unit_after_deduction);
		}
	}
	const [newest] = charges.filter(({package_id: id}) => id === '1'.padStart(32, '0'));
	expect(newest?.unit_after_deduction).toBe(after['Sandbox-Video-1000Units-5Con']);
	const spent = (before['Sandbox-Video-1000Units-5Con'] ?? 0) - (after['Sandbox-Video-1000Units-5Con'] ?? 0);
	// 5 s at 0.6, speech at 0.05, and what was running at the start.
	const since = charges.filter((charge) => charge.model_name !== '' || charge.deduction_amount === 0.05);
	expect(since.length).toBeGreaterThan(0);
	expect(spent).toBeGreaterThanOrEqual(3.05);
});

test('a cursor continues the list, and overrides every other field', async () => {
	const all = (await page('package', everything)).result.detail.map(({task_id}) => task_id);
	const first = await page('package', {...everything, limit: 2});
	expect(first).toMatchObject({has_more: true, next_cursor: all[1], result: {count: 2}});
	const second = await page('package', {cursor: first.next_cursor, limit: 500, start_time: 1, end_time: 2});
	expect(second.result.detail.map(({task_id}) => task_id)).toEqual(all.slice(2, 4));
});

test('filters', async () => {
	const pictures = {...everything, filters: [{key: 'product_type', values: ['image']}]};
	expect((await page('package', pictures)).result.detail).toEqual([]);
	const {body} = await kling.call('POST', '/account/billing/balance', {
		body: {...everything, filters: [{key: 'product_type', values: ['video']}]},
	});
	expect(body.message).toBe("filters.key value 'product_type' is invalid");
});

test('when the packs are empty, the balance pays', async () => {
	const costly = {...clip, mode: '4k', duration: '15'};
	// 45 units each: 18 of them are more than both packs hold.
	for (let made = 0; made < 18; made++) await kling.create('/v1/videos/omni-video', costly);
	kling.pass(300);
	const [charge] = (await page('balance', everything)).result.detail;
	expect(charge).toMatchObject({
		deduction_amount: 6.3,
		list_price: 6.3,
		currency: 'USD',
		cash_type: 'balance',
		model_name: 'kling-v3-omni',
	});
});

test('a period is required', async () => {
	const {body} = await kling.call('POST', '/account/billing/package', {body: {}});
	expect(body).toMatchObject({code: 1201, message: 'start_time and end_time can not be empty'});
});
