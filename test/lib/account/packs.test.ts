import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {listPacks, packRow} from '../../../src/lib/account/packs.js';
import {readPacks} from '../../../src/lib/api/packs.js';
import {fakeClient, fakeClock} from '../../support/session.js';

const reply = {
	status: 200,
	contentType: 'application/json',
	retryAfterMs: undefined,
	date: undefined,
	text: '',
};
/** As documented. Note the second envelope. */
const documented = {
	code: 0,
	msg: 'success',
	resource_pack_subscribe_infos: [
		{
			resource_pack_name: 'Fake-Video-100Units-5Con',
			resource_pack_id: '00000000000000000000000000000001',
			resource_pack_type: 'decreasing_total',
			total_quantity: 100.0,
			remaining_quantity: 91.2,
			purchase_time: 1789136000000,
			effective_time: 1789136000000,
			invalid_time: 1791728000000,
			status: 'online',
		},
	],
};

test('the documented response is read', () => {
	const [pack, ...others] = readPacks(documented, reply);
	expect(others).toEqual([]);
	expect(pack && packRow(pack, true)).toEqual({
		name: 'Fake-Video-100Units-5Con',
		status: 'online',
		remaining: 91.2,
		total: 100,
		left_share: 0.912,
		expires_at: 1791728000000,
		effective_at: 1789136000000,
		purchased_at: 1789136000000,
		type: 'decreasing_total',
		pack_id: '00000000000000000000000000000001',
	});
});

test('an account without packs, and a refusal inside a success', () => {
	expect(readPacks({code: 0, msg: 'success', resource_pack_subscribe_infos: null}, reply)).toEqual([]);
	const refused = {code: 1103, msg: 'no right', resource_pack_subscribe_infos: []};
	expect(() => readPacks(refused, reply)).toThrow(
		expect.objectContaining({code: 'permission_denied', said: 'no right'}),
	);
	expect(() => readPacks({resource_pack_subscribe_infos: [{}]}, reply)).toThrow(
		expect.objectContaining({code: 'response_error', said: expect.stringContaining('infos.0')}),
	);
});

test('requests are a second apart, and name the days', async () => {
	const clock = fakeClock();
	const asked: {at: number; query: unknown}[] = [];
	const {client} = fakeClient([]);
	client.request = async ({query}) => {
		asked.push({at: clock.now(), query});
		return [] as never;
	};
	const options = {days: 2, cacheFolder: mkdtempSync(path.join(tmpdir(), 'kling-packs-')), clock};
	const start = clock.now();
	for (let i = 0; i < 3; i++) await listPacks(client, options);
	expect(asked.map(({at}) => at - start)).toEqual([0, 1000, 2000]);
	expect(asked[0]?.query).toEqual({start_time: String(start - 2 * 86_400_000), end_time: String(start)});
});
