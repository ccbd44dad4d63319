import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import pLimit from 'p-limit';
import {Webhook} from 'standardwebhooks';
import {describe, expect, test, vi} from 'vitest';
import type {Task} from '../../../src/lib/api/task.js';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import type {DeliveryDocument, RejectedDocument} from '../../../src/lib/webhook/documents.js';
import {createIntake, lookUpsAtOnce} from '../../../src/lib/webhook/intake.js';
import {secretsIn} from '../../../src/lib/webhook/secret.js';
import {openDeliveryStore} from '../../../src/lib/webhook/store.js';
import {fakeClient, fakeSession, notFound, task} from '../../support/session.js';

const secretText = `whsec_${Buffer.from('a secret of this test alone').toString('base64')}`;
const judge = new Webhook(secretText);

/** An intake whose lookups answer as told. */
function intake(
	answer: (id: string) => Task | KlingError | Promise<Task> = () => notFound,
	hasSecret = true,
) {
	const {session, clock} = fakeSession(fakeClient([]).client);
	session.client.getTask = async (_, id) => {
		const given = await answer(id);
		if (given instanceof KlingError) throw given;
		return given;
	};
	const accepted: DeliveryDocument[] = [];
	const rejected: RejectedDocument[] = [];
	const {take, settled} = createIntake({
		session,
		secrets: hasSecret ? secretsIn({SECRET: secretText}, 'SECRET') : [],
		limit: pLimit(lookUpsAtOnce),
		store: openDeliveryStore(mkdtempSync(path.join(tmpdir(), 'kling-intake-')), () => {}),
		onAccepted: ({document}) => accepted.push(document),
		onRejected: (document) => rejected.push(document),
	});
	const post = (body: Buffer | object, headers: Record<string, string> = {}) =>
		take({path: '/', headers, body: body instanceof Buffer ? body : Buffer.from(JSON.stringify(body))});
	const signed = (body: object, id: string) => {
		const now = new Date(clock.now());
		const text = JSON.stringify(body);
		return post(Buffer.from(text), {
			'webhook-id': id,
			'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
			'webhook-signature': judge.sign(id, now, text),
		});
	};
	return {post, signed, settled, accepted, rejected};
}

const body = (id: string, status = 'succeed') => ({task_id: id, task_status: status, task_result: {}});

describe('without signatures', () => {
	test('a flood is limited: four lookups at once, a hundred wait, the rest are refused', async () => {
		let running = 0;
		let most = 0;
		const {post, settled, rejected} = intake(async () => {
			most = Math.max(most, ++running);
			await new Promise((resolve) => setTimeout(resolve, 1));
			running--;
			throw notFound;
		});
		const statuses = Array.from({length: 150}, (_, index) => post(body(`9${index + 100_000}`)));
		expect(statuses.filter((status) => status === 204)).toHaveLength(100);
		expect(statuses.slice(100)).toEqual(Array.from({length: 50}, () => 503));
		await settled();
		expect([most, rejected.length]).toEqual([lookUpsAtOnce, 100]);
	});

	test('one that could not be confirmed may come again, and then be accepted', async () => {
		const down = new KlingError('connection_error', 'Cannot reach kling.invalid');
		const answers: (Task | KlingError)[] = [down, task({id: '900001', status: 'succeed'})];
		// The type of a task that nobody knows here is looked for, and the first answer ends that.
		const {post, settled, accepted, rejected} = intake(() => answers.shift() ?? notFound);
		expect(post(body('900001'))).toBe(204);
		await settled();
		expect(rejected.map(({error}) => error.code)).toEqual(['connection_error']);
		expect(post(body('900001'))).toBe(204);
		await settled();
		expect(accepted).toMatchObject([{task_id: '900001', verified: 'lookup'}]);
	});

	test('what Kling says counts, not what the delivery says', async () => {
		const {post, settled, accepted} = intake((id) => task({id, status: 'processing'}), false);
		post({...body('900001'), task_result: {videos: [{id: 'v', url: 'https://evil.example/a.mp4'}]}});
		await settled();
		expect(accepted).toMatchObject([{status: 'processing'}]);
		expect(JSON.stringify(accepted)).not.toContain('evil');
	});

	test('a delivery with an unsigned id does not block the real one', async () => {
		const {post, signed, settled, accepted} = intake();
		expect(post(body('900001'), {'webhook-id': '7001'})).toBe(401);
		expect(signed(body('900001'), '7001')).toBe(204);
		await settled();
		expect(accepted).toMatchObject([{delivery_id: '7001', verified: 'signature'}]);
	});
});

describe('with signatures', () => {
	test('Kling is not contacted, and a task is never set back', async () => {
		const look = vi.fn(() => notFound);
		const {signed, settled, accepted} = intake(look);
		signed(body('900001', 'succeed'), '7001');
		signed(body('900001', 'processing'), '7002');
		expect(signed(body('900001', 'succeed'), '7001')).toBe(200);
		await settled();
		expect(accepted.map(({status, outdated}) => [status, outdated])).toEqual([
			['succeed', undefined],
			['processing', true],
		]);
		expect(look).not.toHaveBeenCalled();
	});
});

test('any bytes with any headers get a response, and are accepted only if they are signed', async () => {
	const header = fc.constantFrom('webhook-id', 'webhook-timestamp', 'webhook-signature', 'x-other');
	await fc.assert(
		fc.asyncProperty(
			fc.oneof(
				fc.uint8Array({maxLength: 300}).map((bytes) => Buffer.from(bytes)),
				fc.json().map((text) => Buffer.from(text)),
			),
			fc.dictionary(header, fc.string({maxLength: 60})),
			async (bytes, headers) => {
				const {post, settled, accepted} = intake();
				expect([204, 400, 401]).toContain(post(bytes, headers));
				await settled();
				expect(accepted).toEqual([]);
			},
		),
		{numRuns: 200},
	);
});
