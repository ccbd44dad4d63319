import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {openJournal} from '../../../src/lib/journal/journal.js';
import {recentTasks} from '../../../src/lib/journal/recent.js';
import {fakeClock, task} from '../../support/session.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'kling-recent-'));
});

const owner = {baseUrl: 'https://kling.invalid/', fingerprint: 'f1'};
const open = () => openJournal({folder, owner, clock: fakeClock(), onTrouble: () => {}});
const recent = () => [...recentTasks(folder, owner)];

async function make(externalId: string, prompt = 'a fox') {
	const journal = open();
	await journal.intend('create', externalId, {prompt});
	await journal.saw('create', task({id: `id-${externalId}`, externalId}));
	await journal.saw('create', task({id: `id-${externalId}`, externalId, status: 'succeed'}));
}

describe('the recent tasks of a journal', () => {
	test('are the same as those that the whole journal lists first', async () => {
		await make('made');
		await open().intend('create', 'open', {});
		await open().intend('create', 'refused', {});
		await open().close('refused');
		await make('last');
		expect(recent()).toEqual([...open().newestFirst()]);
		expect(recent().map(({externalId}) => externalId)).toEqual(['last', 'refused', 'open', 'made']);
	});

	test('contain what an earlier submission under the same external id led to', async () => {
		await open().intend('create', 'twice', {});
		const later = open();
		await later.intend('create', 'twice', {});
		await later.refused('twice');
		expect(recent()).toEqual([...open().newestFirst()]);
		expect(recent()).toMatchObject([{externalId: 'twice', outcome: 'unknown'}]);
	});

	test('are at the end of a long journal', async () => {
		for (let index = 0; index < 5; index++) await make(`old-${index}`, 'x'.repeat(60_000));
		await open().intend('create', 'twice', {});
		for (let index = 0; index < 15; index++) await make(`new-${index}`, 'x'.repeat(60_000));
		const later = open();
		await later.intend('create', 'twice', {});
		await later.refused('twice');
		const found = recent();
		expect(found.length).toBeLessThan(20);
		expect(found.slice(0, 10)).toEqual([...open().newestFirst()].slice(0, 10));
		expect(found[0]).toMatchObject({externalId: 'twice', outcome: 'unknown'});
	});

	test('are none where there is no journal', () => {
		expect(recent()).toEqual([]);
	});
});
