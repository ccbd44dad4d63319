import {describe, expect, test} from 'vitest';
import {checkHost, placeOfApi} from '../../../src/lib/net/address-scope.js';

const refused = (host: string, allowed: 'public' | 'network' | 'machine') => {
	try {
		checkHost(new URL(`https://${host}/clip.mp4`), allowed);
		return false;
	} catch {
		return true;
	}
};

describe('a result link whose host is an address', () => {
	test.each([
		...['127.0.0.1', '127.9.9.9', '0.0.0.0', '169.254.169.254', '2130706433', '0x7f.1', '017700000001'],
		...['[::1]', '[::]', '[fe80::1]', '[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[0:0:0:0:0:0:0:1]'],
		...['[::7f00:1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::a9fe:a9fe]', '[2002:7f00:1::]', '[2001:0:1::1]'],
		...[
			'10.0.0.7',
			'172.31.0.1',
			'192.168.1.1',
			'100.64.0.1',
			'[fc00::1]',
			'[fd12::1]',
			'[ff02::1]',
			'224.0.0.1',
		],
	])('is refused when it leads to this machine or its network: %s', (host) => {
		expect(refused(host, 'public')).toBe(true);
	});

	test.each([
		'1.1.1.1',
		'172.32.0.1',
		'100.128.0.1',
		'[2606:4700::1111]',
		'[::ffff:1.1.1.1]',
		'files.kling.invalid',
	])('is followed when it is public: %s', (host) => expect(refused(host, 'public')).toBe(false));

	test('is followed on the network, and on this machine, when the API is there', async () => {
		expect(await placeOfApi(new URL('http://[::1]:8080'))).toBe('machine');
		expect(await placeOfApi(new URL('https://192.168.1.1'))).toBe('network');
		expect([refused('192.168.1.2', 'network'), refused('127.0.0.1', 'network')]).toEqual([false, true]);
		expect(refused('127.0.0.1', 'machine')).toBe(false);
	});
});
