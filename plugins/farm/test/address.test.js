import assert from 'node:assert/strict';
import {test} from 'node:test';
import {queueAddress} from '../queue/address.js';

test('a password is never shown, and never taken from the command line', () => {
	const address = queueAddress(undefined, {KLING_FARM_QUEUE: 'rediss://user:s3cret%21@queue.example:6380/2'});
	assert.equal(address.kind, 'redis');
	assert.equal(address.shown, 'rediss://user@queue.example:6380/2');
	assert.deepEqual(address.secrets, ['s3cret!', 's3cret%21']);
	assert.throws(() => queueAddress('redis://:s3cret@queue.example', {}), {code: 'invalid_flag'});
});

test('the flag gives the host, the environment the password', () => {
	const {url, kind} = queueAddress('postgres://kling@db.example/farm', {KLING_FARM_PASSWORD: 'a b'});
	assert.equal(kind, 'postgres');
	assert.equal(url.password, 'a%20b');
});

test('an unencrypted connection is recognized as such, unless it stays on this machine', () => {
	const isOpen = (text) => queueAddress(text, {}).isOpen;
	assert.equal(isOpen('redis://10.0.0.1'), true);
	assert.equal(isOpen('redis://127.0.0.1:7000'), false);
	assert.equal(isOpen('rediss://10.0.0.1'), false);
	assert.equal(isOpen('postgres://10.0.0.1/kling'), true);
	assert.equal(isOpen('postgres://10.0.0.1/kling?sslmode=verify-full'), false);
});

test('no address, an invalid one and an unsupported server are refused with an explanation', () => {
	for (const [flag, env] of [
		[undefined, {}],
		['not an address', {}],
		['amqp://10.0.0.1', {}],
	]) {
		assert.throws(() => queueAddress(flag, env), {code: 'invalid_flag'});
	}
});
