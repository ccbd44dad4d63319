import {mkdirSync, mkdtempSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {openDeliveryStore} from '../../../src/lib/webhook/store.js';

const folder = () => mkdtempSync(path.join(tmpdir(), 'kling-deliveries-'));
const delivery = (id: string) => ({
	id,
	receivedAt: 1,
	path: '/hook?a=1',
	headers: {'webhook-id': id},
	body: '{}',
});
const neverTroubled = (reason: string) => {
	throw new Error(reason);
};

describe('stored deliveries', () => {
	test('are available to the next process, and to nobody else', () => {
		const account = folder();
		openDeliveryStore(account, neverTroubled).keep(delivery('7001'));
		const again = openDeliveryStore(account, neverTroubled);
		expect([again.has('7001'), again.has('7002')]).toEqual([true, false]);
		expect(again.find('7001')).toEqual(delivery('7001'));
		const files = path.join(account, 'webhooks');
		const [name = ''] = readdirSync(files);
		expect([statSync(files).mode & 0o777, statSync(path.join(files, name)).mode & 0o777]).toEqual([
			0o700, 0o600,
		]);
	});

	test('may have any id, which never becomes a path', () => {
		const account = folder();
		const store = openDeliveryStore(account, neverTroubled);
		for (const id of ['../../x', '/etc/passwd', 'a\u0000b', 'x'.repeat(256)]) {
			store.keep(delivery(id));
			expect(store.find(id).id).toBe(id);
		}
		expect(readdirSync(account)).toEqual(['webhooks']);
	});

	test('are the newest 500', () => {
		const account = folder();
		const store = openDeliveryStore(account, neverTroubled);
		for (let count = 0; count < 560; count++) {
			store.keep(delivery(`old-${count}`));
			if (count === 0) {
				const files = path.join(account, 'webhooks');
				for (const name of readdirSync(files)) utimesSync(path.join(files, name), 1, 1);
			}
		}
		expect(readdirSync(path.join(account, 'webhooks')).length).toBeLessThanOrEqual(550);
		expect([store.has('old-0'), store.has('old-559')]).toEqual([false, true]);
	});

	test('@last is the newest, and an unknown one is an error', () => {
		const account = folder();
		const store = openDeliveryStore(account, neverTroubled);
		expect(() => store.find('@last')).toThrow(/No delivery/);
		store.keep(delivery('7001'));
		expect(store.find('@last').id).toBe('7001');
		expect(() => store.find('7002')).toThrow(/No delivery 7002/);
	});

	test('that cannot be written are known to this process, with one warning', () => {
		const account = path.join(folder(), 'file');
		writeFileSync(account, '');
		const reasons: string[] = [];
		const store = openDeliveryStore(account, (reason) => reasons.push(reason));
		for (const id of ['7001', '7002']) store.keep(delivery(id));
		expect([store.has('7001'), reasons.length]).toEqual([true, 1]);
	});

	test('are not read through links, or if they are damaged', () => {
		const account = folder();
		const store = openDeliveryStore(account, neverTroubled);
		store.keep(delivery('7001'));
		const files = path.join(account, 'webhooks');
		const [name = ''] = readdirSync(files);
		writeFileSync(path.join(files, name), '{"id": 1');
		expect(() => store.find('7001')).toThrow(/No delivery/);
		const other = folder();
		mkdirSync(path.join(other, 'webhooks'));
		symlinkSync(path.join(files, name), path.join(other, 'webhooks', name));
		expect(() => openDeliveryStore(other, neverTroubled).find('7001')).toThrow(/No delivery/);
	});
});
