import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {accountFolder, logName} from '../../../src/lib/journal/account-folder.js';
import {openJournal} from '../../../src/lib/journal/journal.js';
import {type RecentTask, recentTasks} from '../../../src/lib/journal/recent.js';
import {fakeClock, task} from '../../support/session.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'kling-recent-'));
});

const owner = {baseUrl: 'https://kling.invalid/', fingerprint: 'f1'};
const open = () => openJournal({folder, owner, clock: fakeClock(), onTrouble: () => {}});
const recent = () => [...recentTasks(folder, owner)];
/** What a shell needs to know of each task. */
const offered = (entries: Iterable<RecentTask>) =>
	[...entries].map(({externalId, type, outcome, taskId, status, videoId, request}) => ({
		...{externalId, type, outcome, taskId, status, videoId, request},
	}));

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
		expect(offered(recent())).toEqual(offered(open().newestFirst()));
		expect(recent().map(({externalId}) => externalId)).toEqual(['last', 'refused', 'open', 'made']);
	});

	test('contain what an earlier submission under the same external id led to', async () => {
		await open().intend('create', 'twice', {});
		const later = open();
		await later.intend('create', 'twice', {});
		await later.refused('twice');
		expect(offered(recent())).toEqual(offered(open().newestFirst()));
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
		expect(offered(found).slice(0, 10)).toEqual(offered(open().newestFirst()).slice(0, 10));
		expect(found[0]).toMatchObject({externalId: 'twice', outcome: 'unknown'});
	});

	test('are those of the whole journal, whatever the lines of a submission contain', () => {
		const entries = [
			{type: 'create', submittedAt: 1, request: {prompt: 'p'}, outcome: 'unknown'},
			{type: 'create', submittedAt: 1, outcome: 'made', taskId: 't', status: 'submitted'},
			{type: 'create', submittedAt: 1, outcome: 'made', taskId: 'u', status: 'succeed', videoId: 'v'},
			{type: 'create', submittedAt: 1, outcome: 'refused'},
			{type: 'extend', request: null, outcome: 'made', taskId: 'w', status: 'failed'},
			{type: 'create', request: null},
			{type: 7, request: {}, outcome: 'made', taskId: '', videoId: null, status: 5},
			{outcome: 'made', taskId: 'x'.repeat(300), videoId: 'y'.repeat(100), status: 'z'.repeat(100)},
		];
		const attempts = [{attempt: 'a'}, {attempt: 'b'}, {attempt: '*'}, {}, {attempt: 'a', adopted: true}];
		const file = path.join(accountFolder(folder, owner), logName);
		mkdirSync(path.dirname(file), {recursive: true});
		let state = 1;
		const pick = <T>(list: readonly T[]) => {
			state = (state * 1103515245 + 12345) % 2 ** 31;
			return list[(state >> 8) % list.length] as T;
		};
		for (let round = 0; round < 300; round++) {
			const lines = Array.from({length: 1 + (round % 6)}, (_, index) => ({
				id: 'one',
				...(round % 3 === 0 ? {attempt: 'a'} : pick(attempts)),
				entry: index === 0 ? entries[0] : pick(entries),
			}));
			writeFileSync(file, lines.map((line) => `\n${JSON.stringify(line)}\n`).join(''));
			rmSync(path.join(path.dirname(file), 'index'), {recursive: true, force: true});
			expect(offered(recent()), JSON.stringify(lines, undefined, 1)).toEqual(offered(open().newestFirst()));
		}
	});

	test('are none where there is no journal', () => {
		expect(recent()).toEqual([]);
	});
});
