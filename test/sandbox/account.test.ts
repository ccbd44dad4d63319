import {afterEach, beforeEach, expect, test} from 'vitest';
import {type Kling, startKling} from './kling.js';

let kling: Kling;
beforeEach(async () => {
	kling = await startKling();
});
afterEach(() => kling.sandbox.close());

const costs = (query: string) => kling.call('GET', `/account/costs?${query}`);
const span = (days: number) => `start_time=${kling.now() - days * 86_400_000}&end_time=${kling.now()}`;

interface Packs {
	code: number;
	msg: string;
	resource_pack_subscribe_infos: {resource_pack_name: string; status: string}[];
}

test('packs have the second envelope, and are those valid during a period', async () => {
	const recent = (await costs(span(30))).body.data as Packs;
	expect(recent).toMatchObject({code: 0, msg: 'success'});
	expect(recent.resource_pack_subscribe_infos.map(({status}) => status)).toEqual([
		'online',
		'online',
		'runOut',
		'online',
	]);
	kling.pass(1);
	const all = (await costs(span(200))).body.data as Packs;
	expect(all.resource_pack_subscribe_infos).toHaveLength(5);
	kling.pass(1);
	const one = (await costs(`${span(200)}&resource_pack_name=Sandbox-Trial-30Units`)).body.data as Packs;
	expect(one.resource_pack_subscribe_infos).toMatchObject([{status: 'expired'}]);
});

test('one request per second, with both times', async () => {
	expect((await costs(span(1))).status).toBe(200);
	expect(await costs(span(1))).toMatchObject({status: 429, body: {code: 1302}});
	kling.pass(1);
	expect((await costs(span(1))).status).toBe(200);
	expect(await costs('start_time=yesterday&end_time=1790000000000')).toMatchObject({
		status: 400,
		body: {code: 1201, message: "start_time value 'yesterday' is invalid"},
	});
});
