import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {readDelivery} from '../../../src/lib/webhook/delivery.js';
import {readHeaders} from '../../../src/lib/webhook/read-headers.js';
import {sampleBody, sampleEventNames, sampleEvents} from '../../../src/lib/webhook/sample.js';

const folder = path.join(import.meta.dirname, '..', '..', 'fixtures', 'callbacks');
const recorded = readdirSync(folder).filter((name) => !name.includes('signature'));

describe('bodies', () => {
	test.each(recorded)('%s is read', (name) => {
		const {body} = JSON.parse(readFileSync(path.join(folder, name), 'utf8')).callback;
		const {task, standard} = readDelivery(Buffer.from(JSON.stringify(body)));
		const [id, status] = 'task_id' in body ? [body.task_id, body.task_status] : [body.id, body.status];
		expect(task).toMatchObject({id, status: status === 'succeeded' ? 'succeed' : status});
		expect(standard).toBe('task_id' in body ? 'v1' : 'tasks');
	});

	test("an id beyond JavaScript's numbers stays exact", () => {
		const {task} = readDelivery(Buffer.from('{"task_id":900000000000000001,"task_status":"failed"}'));
		expect(task.id).toBe('900000000000000001');
	});

	test.each([
		'',
		'null',
		'[]',
		'{}',
		'"text"',
		'{"task_id":"1"}',
		'{"code":0,"data":{"task_id":"1","task_status":"succeed"}}',
		'['.repeat(100),
	])('%j is not a task', (text) => {
		expect(() => readDelivery(Buffer.from(text))).toThrow(/not a task/);
	});

	test('bytes that are not UTF-8 are not a task', () => {
		const bytes = Buffer.concat([
			Buffer.from('{"task_id":"1","task_status":"'),
			Buffer.of(0xff),
			Buffer.from('"}'),
		]);
		expect(() => readDelivery(bytes)).toThrow(/not a task/);
	});
});

describe('samples are read as what they represent', () => {
	test.each(sampleEventNames.flatMap((event) => [[event, 'v1'] as const, [event, 'tasks'] as const]))(
		'%s, %s',
		(event, standard) => {
			const options = {standard, taskId: '900000000000000001', externalId: 'fox-1', now: 1_790_000_000_000};
			const {task, standard: read} = readDelivery(Buffer.from(sampleBody(event, options)));
			expect([read, task.id, task.externalId]).toEqual([standard, '900000000000000001', 'fox-1']);
			expect(task.status).toBe(sampleEvents[event].status);
			const made = [task.videos.length, task.images?.length ?? 0, task.audios.length];
			const isDone = task.status === 'succeed';
			expect(made.reduce((sum, count) => sum + count)).toBe(isDone ? 1 : 0);
		},
	);
});

describe('headers', () => {
	const wanted = {'webhook-id': '7', 'content-type': 'application/json'};

	test.each([
		['lines', 'Webhook-Id: 7\r\nContent-Type: application/json\r\n'],
		['a request', 'POST /hook HTTP/1.1\nwebhook-id: 7\ncontent-type: application/json\n\n{"id": 1}'],
		['curl -v', '> POST / HTTP/1.1\n> webhook-id: 7\n> content-type: application/json\n'],
		['JSON', '{"Webhook-Id": "7", "content-type": ["application/json"]}'],
	])('in %s are read', (_, text) => {
		expect(readHeaders(text)).toEqual(wanted);
	});

	test.each(['no headers', '{"a":', '{"a": {"b": 1}}'])('%j contains none', (text) => {
		expect(() => readHeaders(text)).toThrow(/headers are/);
	});
});
