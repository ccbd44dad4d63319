import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {Webhook} from 'standardwebhooks';
import {describe, expect, test} from 'vitest';
import type {KlingError} from '../../../src/lib/errors/kling-error.js';
import {secretsIn} from '../../../src/lib/webhook/secret.js';
import {defaultToleranceMs, signedHeaders, verifyDelivery} from '../../../src/lib/webhook/signature.js';

const name = 'KLING_WEBHOOK_SECRET';
const secretText = () => `whsec_${randomBytes(24).toString('base64')}`;
const secretOf = (text: string) => {
	const [secret] = secretsIn({[name]: text}, name);
	if (!secret) throw new Error('There is no secret');
	return secret;
};

const text = secretText();
const secret = secretOf(text);
const body = Buffer.from('{"id":"900000000000000061","status":"succeeded","message":"né"}');
const now = Date.now();

function refusal(headers: Record<string, string>, options: {body?: Buffer; now?: number} = {}): string {
	try {
		verifyDelivery(headers, options.body ?? body, {
			secrets: [secret],
			now: options.now ?? now,
			toleranceMs: defaultToleranceMs,
		});
	} catch (error) {
		const {code, said} = error as KlingError;
		expect(code).toBe('invalid_signature');
		return said;
	}
	return 'accepted';
}

describe('recorded vectors', () => {
	test.each(['callback.signature.vector', 'callback.signature.official-vector'])('%s', (file) => {
		const url = new URL(`../../fixtures/callbacks/${file}.json`, import.meta.url);
		const vector = JSON.parse(readFileSync(url, 'utf8'));
		const recorded = Buffer.from(vector.raw_body);
		const sentAt = Number(vector.headers['webhook-timestamp']) * 1000;
		const known = secretOf(vector.secret);
		expect(verifyDelivery(vector.headers, recorded, {secrets: [known], now})).toMatchObject({
			kind: 'signed',
			id: vector.headers['webhook-id'],
			sentAt,
		});
		const id = vector.headers['webhook-id'];
		expect(signedHeaders(known, {id, sentAt, body: recorded})).toEqual(vector.headers);
	});
});

describe('the reference implementation of Standard Webhooks', () => {
	const judge = new Webhook(text);

	test('accepts what we sign', () => {
		const headers = signedHeaders(secret, {id: '7000', sentAt: now, body});
		expect(judge.verify(body.toString(), headers)).toMatchObject({id: '900000000000000061'});
		expect(() => judge.verify(`${body} `, headers)).toThrow();
	});

	test('signs what we accept', () => {
		const signature = judge.sign('7001', new Date(now), body.toString());
		const headers = {
			'webhook-id': '7001',
			'webhook-timestamp': String(Math.floor(now / 1000)),
			'webhook-signature': signature,
		};
		expect(refusal(headers)).toBe('accepted');
		expect(refusal(headers, {body: Buffer.from(`${body} `)})).toMatch(/No signature/);
	});
});

describe('while a secret is rotated', () => {
	const fresh = secretOf(secretText());
	const signed = {id: '7002', sentAt: now, body};
	const [byOld, byFresh] = [secret, fresh].map((each) => signedHeaders(each, signed)['webhook-signature']);

	test('any of several signatures is enough', () => {
		for (const signatures of [`${byFresh} ${byOld}`, `${byOld} ${byFresh}`, `v2,xyz ${byOld}`]) {
			expect(refusal({...signedHeaders(secret, signed), 'webhook-signature': signatures})).toBe('accepted');
		}
	});

	test('any of several secrets is enough', () => {
		const secrets = [fresh, secret];
		expect(verifyDelivery(signedHeaders(secret, signed), body, {secrets, now})).toMatchObject({secret});
	});
});

describe('a delivery is refused', () => {
	const good = signedHeaders(secret, {id: '7003', sentAt: now, body});

	test.each([
		['with one byte changed', {}, Buffer.from(body.toString().replace('6', '7'))],
		['with another id', {'webhook-id': '7004'}, body],
		['with another time', {'webhook-timestamp': String(Math.floor(now / 1000) - 1)}, body],
		[
			'with a signature of another version',
			{'webhook-signature': good['webhook-signature'].replace('v1', 'v2')},
			body,
		],
		['with an empty signature', {'webhook-signature': 'v1,'}, body],
		['with a time that is not a number', {'webhook-timestamp': '1e9'}, body],
		['with a full stop in its id', {'webhook-id': '7003.1'}, body],
		['with half of the headers', {'webhook-signature': ''}, body],
	])('%s', (_, headers, given) => {
		expect(refusal({...good, ...headers}, {body: given})).not.toBe('accepted');
	});

	test('if it is older than 5 minutes, or too far ahead', () => {
		const late = defaultToleranceMs + 2000;
		expect(refusal(good, {now: now + late})).toMatch(/old/);
		expect(refusal(good, {now: now - late})).toMatch(/ahead/);
		expect(refusal(good, {now: now + defaultToleranceMs - 2000})).toBe('accepted');
	});

	test('with a thousand signatures, only the first few are tried', () => {
		const many = `${'v1,AAAA '.repeat(1000)}${good['webhook-signature']}`;
		expect(refusal({...good, 'webhook-signature': many})).toMatch(/No signature/);
	});
});

test('a delivery without any of the headers is unsigned', () => {
	expect(verifyDelivery({}, body, {secrets: [secret], now})).toEqual({kind: 'unsigned'});
});

test.each(['sk-123', 'whsec_', 'whsec_not base64!', `${secretText()}, ${secretText()}`])(
	'%j is not a secret, and is not shown',
	(value) => {
		const read = () => secretsIn({[name]: value}, name);
		expect(read).toThrow(/does not contain a Kling webhook secret/);
		try {
			read();
		} catch (error) {
			expect(JSON.stringify((error as KlingError).toDocument())).not.toContain(value.slice(6, 20) || '\0');
		}
	},
);
