import {execFile} from 'node:child_process';
import {
	appendFileSync,
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {beforeEach, describe, expect, test} from 'vitest';
import {type Journal, openJournal} from '../../../src/lib/journal/journal.js';
import {fakeClock, task} from '../../support/session.js';

let folder: string;
const troubles: string[] = [];
beforeEach(() => {
	folder = path.join(mkdtempSync(path.join(tmpdir(), 'kling-journal-')), 'data');
	troubles.length = 0;
});

const owner = {baseUrl: 'https://kling.invalid/', fingerprint: 'f1'};
const open = (whose = owner): Journal =>
	openJournal({folder, owner: whose, clock: fakeClock(), onTrouble: (reason) => troubles.push(reason)});
const file = () => path.join(folder, 'tasks.ndjson');

describe('the journal', () => {
	test('remembers an intent, its answer and the last status', async () => {
		const journal = open();
		await journal.intend('create', 'e1', {prompt: 'a fox', model_name: 'kling-v3-omni'});
		expect(await open().entries()).toMatchObject([{externalId: 'e1', type: 'create', outcome: 'unknown'}]);
		await journal.saw('create', task({id: 't1', externalId: 'e1'}));
		await journal.saw('create', task({id: 't1', externalId: 'e1', status: 'succeed', videos: [{id: 'v1'}]}));
		const [entry] = await open().entries();
		expect(entry).toMatchObject({taskId: 't1', status: 'succeed', videoId: 'v1', outcome: 'made'});
		expect(await open().find('t1')).toEqual(await open().find('e1'));
	});

	test('writes a line only when something is new', async () => {
		const journal = open();
		await journal.intend('create', 'e1', {});
		await journal.saw('create', task({externalId: 'e1'}));
		const before = readFileSync(file(), 'utf8');
		await journal.saw('create', task({externalId: 'e1'}));
		await journal.saw('create', task({id: 'made-elsewhere'}));
		await open().saw('create', task({externalId: 'e1'}));
		expect(readFileSync(file(), 'utf8')).toBe(before);
	});

	test('is in the order of the intents, whatever the clock said then', async () => {
		const clock = fakeClock();
		const journal = openJournal({folder, owner, clock, onTrouble: (reason) => troubles.push(reason)});
		await clock.sleep(86_400_000);
		await journal.intend('create', 'ahead', {});
		await open().intend('create', 'later', {});
		expect((await open().entries()).map(({externalId}) => externalId)).toEqual(['ahead', 'later']);
		await open().refused('ahead');
		await open().intend('create', 'ahead', {});
		expect((await open().entries()).map(({externalId}) => externalId)).toEqual(['later', 'ahead']);
	});

	test('is made private when it is found open', async () => {
		await open().intend('create', 'e1', {});
		chmodSync(file(), 0o666);
		await open().intend('create', 'e2', {});
		expect(statSync(file()).mode & 0o777).toBe(0o600);
	});

	test('holds no password of an address', async () => {
		const command = ['video', 'image2video', '--image', 'https://user:pass12345@example.com/a.png'];
		await open().intend(
			'image2video',
			'e1',
			{image: 'https://user:pass12345@example.com/a.png?x=1'},
			{command},
		);
		expect(readFileSync(file(), 'utf8')).not.toContain('pass12345');
	});

	test('keeps accounts apart', async () => {
		await open().intend('create', 'e1', {});
		expect(await open({...owner, fingerprint: 'f2'}).entries()).toEqual([]);
		expect(await open({...owner, baseUrl: 'http://127.0.0.1:8787/'}).entries()).toEqual([]);
		expect(await open().entries()).toHaveLength(1);
	});

	test('is for its owner alone, and holds no files and no signatures', async () => {
		await open().intend('image2video', 'e1', {
			image: 'A'.repeat(100_000),
			image_tail: 'https://cdn.invalid/x.png?Signature=very-secret',
			prompt: 'Is it? Yes.',
		});
		expect(statSync(file()).mode & 0o777).toBe(0o600);
		const text = readFileSync(file(), 'utf8');
		expect(text.length).toBeLessThan(1000);
		expect(text).not.toMatch(/AAAA|very-secret/);
		expect(text).toContain('Is it? Yes.');
	});

	test('reads past lines that a crash has cut, and others', async () => {
		await open().intend('create', 'e1', {});
		appendFileSync(file(), '\n{"base":"https://kling.invalid/","key":"f1","id":"e2","entry":{"type":"cre');
		await open().intend('create', 'e3', {});
		appendFileSync(file(), '\nnull\n[]\n{"id":7}\n');
		expect((await open().entries()).map(({externalId}) => externalId)).toEqual(['e1', 'e3']);
	});

	test('costs a warning, not the task, when it cannot be written or read', async () => {
		mkdirSync(path.dirname(folder), {recursive: true});
		writeFileSync(folder, 'a file in the place of the folder');
		const journal = open();
		await journal.intend('create', 'e1', {});
		await journal.saw('create', task({externalId: 'e1'}));
		expect(troubles).toHaveLength(1);
	});

	test('is compacted when it grows, and loses nothing, of types that nobody knows any more, too', async () => {
		const journal = open();
		for (let i = 0; i < 900; i++) {
			const type = i % 2 === 0 ? 'create' : 'of-a-plugin';
			await journal.intend(type, `e${i}`, {prompt: 'x'.repeat(2000)});
			await journal.saw(type, task({id: `t${i}`, externalId: `e${i}`}));
			await journal.saw(type, task({id: `t${i}`, externalId: `e${i}`, status: 'succeed'}));
		}
		expect(readdirSync(folder).sort()).toEqual(['tasks.0.ndjson', 'tasks.1.ndjson', 'tasks.ndjson']);
		const entries = await open().entries();
		expect(entries).toHaveLength(900);
		expect(entries.every(({status}) => status === 'succeed')).toBe(true);
		expect(entries.filter(({type}) => type === 'of-a-plugin')).toHaveLength(450);
		for (const name of readdirSync(folder))
			expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
	});
});

test('several processes write at once, through compactions, and nothing is lost', async () => {
	const root = path.join(import.meta.dirname, '..', '..', '..');
	const script = `
		import {openJournal} from ${JSON.stringify(path.join(root, 'src', 'lib', 'journal', 'journal.ts'))};
		const clock = {now: Date.now, sleep: async () => {}};
		const journal = openJournal({folder: process.argv[1], owner: ${JSON.stringify(owner)}, clock, onTrouble(reason) { throw new Error(reason) }});
		for (let i = 0; i < 300; i++) {
			const externalId = process.argv[2] + '-' + i;
			await journal.intend('create', externalId, {prompt: 'x'.repeat(2400)});
			await journal.saw('create', {id: 't' + externalId, status: 'submitted', externalId, videos: [], audios: []});
		}`;
	const run = promisify(execFile);
	await Promise.all(
		['a', 'b', 'c', 'd'].map((name) =>
			run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, folder, name], {
				cwd: root,
			}),
		),
	);
	const entries = await open().entries();
	expect(entries).toHaveLength(1200);
	expect(entries.every(({outcome}) => outcome === 'made')).toBe(true);
});
