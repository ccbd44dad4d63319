import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {
	appendFileSync,
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {beforeEach, describe, expect, test} from 'vitest';
import {
	accountFolder,
	isSameRequest,
	type Journal,
	type JournalOptions,
	openJournal,
} from '../../../src/lib/journal/journal.js';
import {fakeClock, task} from '../../support/session.js';

let folder: string;
const troubles: string[] = [];
beforeEach(() => {
	folder = path.join(mkdtempSync(path.join(tmpdir(), 'kling-journal-')), 'data');
	troubles.length = 0;
});

const owner = {baseUrl: 'https://kling.invalid/', fingerprint: 'f1'};
const open = (whose: JournalOptions['owner'] = owner): Journal =>
	openJournal({folder, owner: whose, clock: fakeClock(), onTrouble: (reason) => troubles.push(reason)});
const file = () => path.join(accountFolder(folder, owner), 'tasks.ndjson');

describe('the journal', () => {
	test('records a submission, its response and the last status', async () => {
		const journal = open();
		await journal.intend('create', 'e1', {prompt: 'a fox', model_name: 'kling-v3-omni'});
		expect(await open().entries()).toMatchObject([{externalId: 'e1', type: 'create', outcome: 'unknown'}]);
		await journal.saw('create', task({id: 't1', externalId: 'e1'}));
		await journal.saw('create', task({id: 't1', externalId: 'e1', status: 'succeed', videos: [{id: 'v1'}]}));
		const [entry] = await open().entries();
		expect(entry).toMatchObject({taskId: 't1', status: 'succeed', videoId: 'v1', outcome: 'made'});
		expect(await open().find('t1')).toEqual(await open().find('e1'));
	});

	test('writes a line only when something has changed', async () => {
		const journal = open();
		await journal.intend('create', 'e1', {});
		await journal.saw('create', task({externalId: 'e1'}));
		const before = readFileSync(file(), 'utf8');
		await journal.saw('create', task({externalId: 'e1'}));
		await journal.saw('create', task({id: 'made-elsewhere'}));
		await open().saw('create', task({externalId: 'e1'}));
		expect(readFileSync(file(), 'utf8')).toBe(before);
	});

	test('lists the tasks that have not ended, without reading everything', async () => {
		const journal = open();
		// Text in a request is not a status.
		await journal.intend('create', 'open', {prompt: '"status":"succeed"', status: 'succeed'});
		for (const id of ['lost', 'refused', 'running', 'done', 'failed', 'late']) {
			await journal.intend('create', id, {prompt: id});
		}
		await journal.refused('refused');
		const states = {running: 'processing', done: 'succeed', failed: 'failed', late: 'succeed'};
		for (const [externalId, status] of Object.entries(states)) {
			await journal.saw('create', task({id: `t-${externalId}`, externalId, status}));
		}
		journal.saved(task({id: 't-done', externalId: 'done'}), '/fox.mp4', 9);
		await journal.saw('create', task({id: 't-late', externalId: 'late', status: 'processing'}));
		const unended = open()
			.unended()
			.map(({externalId, outcome}) => `${externalId} ${outcome}`);
		expect(unended).toEqual(['open unknown', 'lost unknown', 'refused refused', 'running made']);
	});

	test('is in the order of submission, whatever the clock showed', async () => {
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

	test('is made private when others can read it', async () => {
		await open().intend('create', 'e1', {});
		chmodSync(file(), 0o666);
		await open().intend('create', 'e2', {});
		expect(statSync(file()).mode & 0o777).toBe(0o600);
	});

	test('contains no password of a URL', async () => {
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

	test('is readable only by its owner, and contains no files and no signatures', async () => {
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

	test('skips lines that a crash has cut, and invalid ones', async () => {
		await open().intend('create', 'e1', {});
		appendFileSync(file(), '\n{"id":"e2","entry":{"type":"cre');
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

	test('is indexed as it grows, and loses nothing, not even tasks of unknown types', async () => {
		const journal = open();
		for (let i = 0; i < 200; i++) {
			const type = i % 2 === 0 ? 'create' : 'of-a-plugin';
			await journal.intend(type, `e${i}`, {prompt: 'x'.repeat(8000)});
			await journal.saw(type, task({id: `t${i}`, externalId: `e${i}`}));
			await journal.saw(
				type,
				task({id: `t${i}`, externalId: `e${i}`, status: 'succeed', videos: [{id: `v${i}`}]}),
			);
		}
		const home = accountFolder(folder, owner);
		expect(readdirSync(home).sort()).toEqual(['index', 'tasks.ndjson']);
		const segments = readdirSync(path.join(home, 'index'));
		expect(segments.length).toBeGreaterThan(0);
		expect(segments.length).toBeLessThan(5);
		const entries = await open().entries();
		expect(entries.map(({externalId}) => externalId)).toEqual(Array.from({length: 200}, (_, i) => `e${i}`));
		expect(entries.every(({status}) => status === 'succeed')).toBe(true);
		expect(entries.filter(({type}) => type === 'of-a-plugin')).toHaveLength(100);
		const reader = open();
		for (let i = 0; i < 200; i += 7) {
			for (const found of [
				await reader.find(`t${i}`),
				await reader.find(`e${i}`),
				await reader.findVideo(`v${i}`),
			]) {
				expect(found).toMatchObject({externalId: `e${i}`, taskId: `t${i}`, videoId: `v${i}`});
			}
		}
		for (const name of [file(), ...segments.map((segment) => path.join(home, 'index', segment))])
			expect(statSync(name).mode & 0o777).toBe(0o600);
	});

	test.each([
		['is gone', (index: string) => rmSync(index, {recursive: true})],
		['is damaged', (index: string) => eachFile(index, (segment) => writeFileSync(segment, 'not an index'))],
		['is cut', (index: string) => eachFile(index, (segment) => truncateSync(segment, 2000))],
		[
			'is full of zeros',
			(index: string) =>
				eachFile(index, (segment) => writeFileSync(segment, Buffer.alloc(statSync(segment).size))),
		],
	])('finds everything when its index %s', async (_, spoil) => {
		await fill(150);
		spoil(path.join(accountFolder(folder, owner), 'index'));
		expect(await open().find('t5')).toMatchObject({externalId: 'e5'});
		expect(await open().find('e149')).toMatchObject({taskId: 't149'});
		expect(await open().entries()).toHaveLength(150);
		await open().intend('create', 'one-more', {});
		expect(await open().find('t75')).toMatchObject({externalId: 'e75'});
	});

	test('finds everything after it was edited by hand or started anew', async () => {
		await fill(150);
		const text = readFileSync(file(), 'utf8');
		writeFileSync(file(), text.slice(text.indexOf('\n', 300_000)));
		expect(await open().find('t5')).toBeUndefined();
		expect(await open().find('t149')).toMatchObject({externalId: 'e149'});
		rmSync(file());
		expect(await open().find('t149')).toBeUndefined();
		await open().intend('create', 'fresh', {});
		expect((await open().entries()).map(({externalId}) => externalId)).toEqual(['fresh']);
	});

	test('shows what others write while it is open, even to a new file', async () => {
		const journal = open();
		expect(await journal.find('e1')).toBeUndefined();
		await open().intend('create', 'e1', {});
		expect(await journal.find('e1')).toMatchObject({outcome: 'unknown'});
		rmSync(file());
		await open().intend('create', 'e2', {});
		expect(await journal.find('e1')).toBeUndefined();
		expect(await journal.find('e2')).toMatchObject({outcome: 'unknown'});
	});

	test('shows what is written after the file was emptied while it is open', async () => {
		const journal = open();
		await journal.intend('create', 'e1', {prompt: 'a long prompt '.repeat(50)});
		expect(journal.find('e1')).toBeDefined();
		truncateSync(file());
		await journal.intend('create', 'e2', {});
		expect(journal.find('e1')).toBeUndefined();
		expect(journal.find('e2')).toMatchObject({outcome: 'unknown'});
		journal.saw('create', task({id: 't2', externalId: 'e2'}));
		expect(open().find('t2')).toMatchObject({externalId: 'e2', outcome: 'made'});
	});

	test('is read past megabytes without a line', async () => {
		await open().intend('create', 'e1', {});
		appendFileSync(file(), Buffer.alloc(5_000_000, 'x'));
		await open().intend('create', 'e2', {});
		expect(await open().find('e1')).toBeDefined();
		expect(await open().find('e2')).toBeDefined();
		expect((await open().entries()).map(({externalId}) => externalId)).toEqual(['e1', 'e2']);
	});

	test('returns the newest without reading the rest', async () => {
		await fill(150);
		const newest = [...open().newestFirst(100_000)];
		expect(newest.length).toBeGreaterThan(5);
		expect(newest.length).toBeLessThan(150);
		expect(newest[0]?.externalId).toBe('e149');
	});

	test('bounds what it stores of responses and requests', async () => {
		const journal = open();
		const body = {prompt: 'x'.repeat(200_000)};
		await journal.intend('create', 'e1', body);
		const failed = {status: 'failed', statusMessage: 'm'.repeat(10_000_000), units: '9'.repeat(1000)};
		await journal.saw('create', task({id: 't1', externalId: 'e1', ...failed}));
		await journal.saw('create', task({id: 't1', externalId: 'e1', status: 's'.repeat(10_000)}));
		await journal.saw('create', task({id: 't1', externalId: 'e1', videos: [{id: 'v'.repeat(10_000)}]}));
		expect(statSync(file()).size).toBeLessThan(5000);
		const [entry] = await open().entries();
		expect(entry).toMatchObject({status: 'failed', message: expect.stringMatching(/^m{499}…$/)});
		expect(entry && isSameRequest(entry, body)).toBe(true);
		expect(entry && isSameRequest(entry, {prompt: 'y'.repeat(200_000)})).toBe(false);
	});

	test('records what a submission is for, its cost, until when it can be downloaded, and its files', async () => {
		const journal = open();
		const context = {tags: {client: 'acme'}, estimatedUnits: '3', batch: 'launch', shot: 's1', take: 2};
		await journal.intend('create', 'e1', {model_name: 'kling-v3-omni'}, context);
		await journal.saw('create', task({id: 't1', externalId: 'e1', status: 'succeed', units: '2.5'}));
		journal.saved(task({id: 't1', externalId: 'e1'}), '/clips/a.mp4', 10);
		journal.saved(task({id: 't1', externalId: 'e1'}), '/clips/b.mp4', 20);
		journal.saved(task({id: 't1', externalId: 'e1'}), '/clips/a.mp4', 11);
		const endedAt = fakeClock().now();
		expect((await open().entries())[0]).toMatchObject({
			...context,
			...{model: 'kling-v3-omni', units: '2.5', endedAt, expiresAt: endedAt + 30 * 86_400_000},
			...{savedFile: '/clips/a.mp4', savedBytes: 11},
			files: [
				{path: '/clips/a.mp4', bytes: 11},
				{path: '/clips/b.mp4', bytes: 20},
			],
		});
	});
});

/** Submits and makes one task for each number up to a count. */
async function fill(count: number): Promise<void> {
	const journal = open();
	for (let i = 0; i < count; i++) {
		await journal.intend('create', `e${i}`, {prompt: 'x'.repeat(6000)});
		await journal.saw('create', task({id: `t${i}`, externalId: `e${i}`}));
	}
}

function eachFile(index: string, spoil: (file: string) => void): void {
	for (const name of readdirSync(index)) spoil(path.join(index, name));
}

describe('two processes with one external id', () => {
	test('a task that one of them made stays made when the other is refused', async () => {
		const [winner, loser] = [open(), open()];
		await winner.intend('create', 'e1', {prompt: 'a'});
		await loser.intend('create', 'e1', {prompt: 'b'});
		await winner.saw('create', task({id: 't1', externalId: 'e1'}));
		await loser.refused('e1');
		expect(await open().find('e1')).toMatchObject({outcome: 'made', taskId: 't1', request: {prompt: 'a'}});
	});

	test('an open outcome of one stays open when the other is refused', async () => {
		const [first, second] = [open(), open()];
		await first.intend('create', 'e1', {});
		await second.intend('create', 'e1', {});
		await second.refused('e1');
		expect(await open().find('e1')).toMatchObject({outcome: 'unknown'});
		await open().close('e1');
		expect(await open().find('e1')).toMatchObject({outcome: 'refused'});
	});

	test.each([
		[['intent', 'made', 'refused'], {outcome: 'made', taskId: 't1'}],
		[['made', 'intent', 'refused'], {outcome: 'made', taskId: 't1'}],
		[['intent', 'intent', 'refused'], {outcome: 'unknown'}],
		[['intent', 'refused'], {outcome: 'refused'}],
		[['intent', 'refused', 'intent'], {outcome: 'unknown'}],
		[['intent', 'ended', 'made'], {status: 'succeed', outcome: 'made'}],
	])('lines of an older version: %j', async (kinds, expected) => {
		const lines = {
			intent: {type: 'create', submittedAt: 1, request: {}, outcome: 'unknown'},
			made: {outcome: 'made', taskId: 't1', status: 'submitted'},
			ended: {outcome: 'made', taskId: 't1', status: 'succeed'},
			refused: {outcome: 'refused'},
		};
		mkdirSync(folder, {recursive: true});
		writeOld(
			'tasks.ndjson',
			kinds.map((kind) => lines[kind as keyof typeof lines]),
		);
		expect(await open().find('e1')).toMatchObject(expected);
		expect([...open().newestFirst()]).toMatchObject([expected]);
	});
});

/** Lines in a file of an older version. */
function writeOld(name: string, entries: object[], id = 'e1', whose = owner): void {
	const lines = entries.map((entry) =>
		JSON.stringify({base: whose.baseUrl, key: whose.fingerprint, id, entry}),
	);
	appendFileSync(path.join(folder, name), lines.map((line) => `\n${line}\n`).join(''));
}

describe('the journal of an older version', () => {
	const intent = (n: number) => ({
		type: 'create',
		submittedAt: n,
		request: {prompt: `p${n}`},
		outcome: 'unknown',
	});
	const made = (n: number) => ({outcome: 'made', taskId: `t${n}`, status: 'succeed', videoId: `v${n}`});

	test('is migrated completely, each account to its own folder, and the old file stays', async () => {
		mkdirSync(folder, {recursive: true});
		writeOld('tasks.0.ndjson', [{...intent(1), ...made(1)}], 'e1');
		writeOld('tasks.1.ndjson', [intent(2), made(2)], 'e2');
		writeOld('tasks.ndjson', [intent(3)], 'e3');
		writeOld('tasks.ndjson', [intent(4)], 'e4', {...owner, fingerprint: 'f2'});
		expect((await open().entries()).map(({externalId}) => externalId)).toEqual(['e1', 'e2', 'e3']);
		expect(await open().find('v2')).toBeUndefined();
		expect(await open().findVideo('v2')).toMatchObject({externalId: 'e2', request: {prompt: 'p2'}});
		expect((await open({...owner, fingerprint: 'f2'}).entries()).map(({externalId}) => externalId)).toEqual([
			'e4',
		]);
		expect(readdirSync(folder).sort()).toEqual([
			'journal',
			'tasks.0.ndjson',
			'tasks.1.ndjson',
			'tasks.ndjson',
		]);
	});

	test('is still read when an older version keeps writing to it', async () => {
		mkdirSync(folder, {recursive: true});
		writeOld('tasks.ndjson', [intent(1)], 'e1');
		await open().find('e1');
		await open().intend('create', 'e2', {});
		writeOld('tasks.ndjson', [made(1)], 'e1');
		expect(await open().find('t1')).toMatchObject({externalId: 'e1', outcome: 'made'});
		const size = statSync(file()).size;
		expect(await open().find('t1')).toBeDefined();
		expect(statSync(file()).size).toBe(size);
	});

	test('is read when nothing can be written', async () => {
		mkdirSync(folder, {recursive: true});
		writeOld('tasks.ndjson', [intent(1), made(1)], 'e1');
		writeFileSync(path.join(folder, 'journal'), 'a file instead of a folder');
		expect(await open().find('t1')).toMatchObject({externalId: 'e1'});
		expect([...open().newestFirst()]).toHaveLength(1);
	});
});

const root = path.join(import.meta.dirname, '..', '..', '..');

/** A program that adds tasks to the journal, and prints the id of each that is written. */
const writer = `
	import {writeSync} from 'node:fs';
	import {openJournal} from ${JSON.stringify(path.join(root, 'src', 'lib', 'journal', 'journal.ts'))};
	const clock = {now: Date.now, sleep: async () => {}, deadline: () => new AbortController().signal, after: () => () => {}};
	let isTrouble = false;
	const onTrouble = () => { isTrouble = true; };
	const journal = openJournal({folder: process.argv[1], owner: ${JSON.stringify(owner)}, clock, onTrouble});
	for (let i = 0; i < 400 && !isTrouble; i++) {
		const id = process.argv[2] + '-' + i;
		await journal.intend('create', id, {prompt: 'x'.repeat(9000)});
		if (!isTrouble) writeSync(1, id + '\\n');
	}`;

/** Runs the writer, and returns the ids that it reports as written. */
async function runWriter(
	name: string,
	{killAfter, blocks}: {killAfter?: number; blocks?: number},
): Promise<string[]> {
	const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', writer, folder, name];
	const limit = blocks === undefined ? '' : `ulimit -f ${blocks}; `;
	const child = spawn('bash', ['-c', `${limit}exec "$@"`, 'bash', ...node], {
		cwd: root,
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	let text = '';
	child.stdout.on('data', (data: Buffer) => {
		text += data;
		if (killAfter !== undefined && text.split('\n').length > killAfter) child.kill('SIGKILL');
	});
	await once(child, 'close');
	return text.split('\n').filter((line) => line !== '');
}

test('what was written is kept whenever the writer is killed, even while it builds the index', async () => {
	const written: string[] = [];
	// The index is written about every 28 tasks.
	for (const killAfter of [27, 29, 30, 31]) written.push(...(await runWriter(`k${killAfter}`, {killAfter})));
	expect(written.length).toBeGreaterThan(100);
	const journal = open();
	for (const id of written) expect(await journal.find(id)).toMatchObject({outcome: 'unknown'});
	const all = (await journal.entries()).map(({externalId}) => externalId);
	expect(written.filter((id) => !all.includes(id))).toEqual([]);
});

test('what was written is kept when the disk is full, and writing resumes when there is space', async () => {
	const written = await runWriter('full', {blocks: 700});
	expect(written.length).toBeGreaterThan(20);
	expect(written.length).toBeLessThan(400);
	await open().intend('create', 'later', {});
	const journal = open();
	for (const id of [...written, 'later']) expect(await journal.find(id)).toMatchObject({outcome: 'unknown'});
});

test('several processes write while an index is built, and nothing is lost', async () => {
	const script = `
		import {openJournal} from ${JSON.stringify(path.join(root, 'src', 'lib', 'journal', 'journal.ts'))};
		const clock = {now: Date.now, sleep: async () => {}};
		const journal = openJournal({folder: process.argv[1], owner: ${JSON.stringify(owner)}, clock, onTrouble(reason) { throw new Error(reason) }});
		for (let i = 0; i < 80; i++) {
			const externalId = process.argv[2] + '-' + i;
			await journal.intend('create', externalId, {prompt: 'x'.repeat(9000)});
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
	expect(entries).toHaveLength(320);
	expect(entries.every(({outcome}) => outcome === 'made')).toBe(true);
});

describe('journals of sandboxes', () => {
	const sandboxOf = (port: number) => ({
		baseUrl: `http://127.0.0.1:${port}/`,
		fingerprint: `f${port}`,
		isSandbox: true,
	});
	const write = async (whose: Parameters<typeof open>[0]) => {
		await open(whose).intend('create', 'e1', {});
		return accountFolder(folder, whose ?? owner);
	};

	test('that are long gone are removed when a new one starts, and no others', async () => {
		const day = 86_400;
		const ages: [number, string][] = [];
		const [gone, young, real, local] = [
			await write(sandboxOf(1)),
			await write(sandboxOf(2)),
			await write(owner),
			await write({...sandboxOf(3), isSandbox: false}),
		];
		ages.push([8, gone], [6, young], [800, real], [800, local]);
		for (const [days, place] of ages) {
			const then = Date.now() / 1000 - days * day;
			utimesSync(path.join(place, 'tasks.ndjson'), then, then);
		}
		await write({...owner, fingerprint: 'f2'});
		expect(existsSync(gone)).toBe(true);
		await write(sandboxOf(4));
		expect([gone, young, real, local].map((place) => existsSync(place))).toEqual([false, true, true, true]);
	});
});
