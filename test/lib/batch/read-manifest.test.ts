import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {readManifest} from '../../../src/lib/batch/read-manifest.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kling-manifest-'));

function read(name: string, content: string | Buffer) {
	const file = path.join(folder, name);
	writeFileSync(file, content);
	return readManifest(file);
}

const messages = async (name: string, content: string) =>
	(await read(name, content)).problems.map(({row, column, message}) => [row, column, message]);

describe('a list as spreadsheets write it', () => {
	test('counts rows as the spreadsheet does, however many lines a cell has', async () => {
		const {rows, name} = await read(
			'shots.csv',
			'id,Prompt,First Frame\r\ns1,"a fox, in snow\r\nand ""fog""",a.png\r\n\r\ns2,狐狸,\r\n',
		);
		expect(name).toBe('shots');
		expect(rows).toEqual([
			{row: 2, values: {id: 's1', prompt: 'a fox, in snow\nand "fog"', 'first-frame': 'a.png'}},
			{row: 4, values: {id: 's2', prompt: '狐狸'}},
		]);
	});

	test.each([
		['a byte order mark and semicolons', '\uFEFFid;prompt\ns1;a, b\n'],
		['tabs', 'id\tprompt\ns1\ta, b\n'],
		['the line that Excel writes first', 'sep=;\r\nid;prompt\r\ns1;a, b\r\n'],
		[
			'UTF-16, which Excel calls Unicode text',
			Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('id\tprompt\ns1\ta, b\n', 'utf16le')]),
		],
		['no line break at the end', 'id;prompt\ns1;a, b'],
		['only one column of which the heading has commas in quotes', 'id;"prompt"\ns1;a, b'],
	])('may have %s', async (_, text) => {
		const {rows, problems} = await read('x.csv', text);
		expect(problems).toEqual([]);
		expect(rows.map(({values}) => values)).toEqual([{id: 's1', prompt: 'a, b'}]);
	});

	test.each([
		['16:9', '16:9'],
		['16:09', '16:9'],
		['16:09:00', '16:9'],
		['04:09:00 PM', '16:9'],
		['9:16', '9:16'],
		['09:16:00 AM', '9:16'],
		['01:01:00', '1:1'],
		['4:3', '4:3'],
		['wide', 'wide'],
	])('may have turned a ratio into a time of day: %s is %s', async (written, meant) => {
		const {rows} = await read('x.csv', `ratio,prompt\n${written},${written}\n`);
		expect(rows[0]?.values).toEqual({ratio: meant, prompt: written});
	});

	test.each([
		['prompt', '#NAME?', 'the error of a formula'],
		['prompt', '#BEZUG!', 'the error of a formula'],
		['image', '#N/A', 'the error of a formula'],
		['duration', 'Err:510', 'the error of a formula'],
		['video-id', '9.00000000123456E+17', 'a number that the spreadsheet has shortened'],
		['video-id', '9E+17', 'a number that the spreadsheet has shortened'],
		['takes', '###', 'a value that the spreadsheet had no room to show'],
	])('reports what a spreadsheet has damaged: %s %s', async (column, cell, what) => {
		expect(await messages('x.csv', `id,${column}\ns1,${cell}\n`)).toEqual([
			[2, column, `'${cell}' is ${what}`],
		]);
	});

	test('allows an error in a note, unless the row uses it', async () => {
		const list = 'id,prompt,_Note\ns1,a fox,#REF!\ns2,{note} in snow,#REF!\n';
		expect(await messages('x.csv', list)).toEqual([[3, '_note', "'#REF!' is the error of a formula"]]);
	});

	test.each(['# 4', '#fox', 'a fox #REF!', '#snow!', '###  wide', 'take 1E+05'])(
		'leaves %s alone',
		async (text) => {
			expect(await messages('x.csv', `id,prompt\ns1,${text}\n`)).toEqual([]);
		},
	);

	test('reports what is wrong with its form, and where', async () => {
		expect(await messages('a.csv', 'id,prompt\ns1,a,b,c\n')).toEqual([
			[2, undefined, 'There are 4 cells, and the heading names 2'],
		]);
		expect(await messages('b.csv', 'id,prompt,Prompt\ns1,a,b\n')).toEqual([
			[1, 'prompt', 'The column Prompt is there twice'],
		]);
		const [[row, , message] = []] = await messages('c.csv', 'id,prompt\ns1,"a\n');
		expect([row, message]).toEqual([2, expect.stringContaining('The quotes are not valid in CSV')]);
	});

	test('must be UTF-8 or UTF-16', async () => {
		await expect(read('latin.csv', Buffer.from('id,prompt\ns1,f\xfcr\n', 'latin1'))).rejects.toMatchObject({
			code: 'invalid_manifest',
			said: expect.stringContaining('is not text in UTF-8'),
		});
	});
});

describe('a list in YAML', () => {
	const yaml = `# a comment
name: forest
vars: {place: a forest}
defaults:
  duration: 5
shots:
  - id: 001
    prompt: a fox in {place}
    tags: {client: acme, scene: 3}
  - &base
    id: s2
    element: [829836868232302622, 2]
    sound: true
  - <<: *base
    id: s3
`;
	test('keeps numbers as they are written, and follows anchors', async () => {
		const {name, vars, defaults, rows, problems} = await read('a.yaml', yaml);
		expect(problems).toEqual([]);
		expect({name, vars, defaults}).toEqual({
			name: 'forest',
			vars: {place: 'a forest'},
			defaults: {duration: '5'},
		});
		expect(rows).toEqual([
			{row: 7, values: {id: '001', prompt: 'a fox in {place}', tags: ['client=acme', 'scene=3']}},
			{row: 11, values: {id: 's2', element: ['829836868232302622', '2'], sound: 'true'}},
			{row: 14, values: {id: 's3', element: ['829836868232302622', '2'], sound: 'true'}},
		]);
	});

	test('may be JSON', async () => {
		const {rows} = await read('a.json', '{"shots": [{"id": "s1", "element": 829836868232302622}]}');
		expect(rows).toEqual([{row: 1, values: {id: 's1', element: '829836868232302622'}}]);
	});

	test.each([
		['shots: [', [1, undefined]],
		['- a', [1, undefined]],
		['shots: 3', [1, undefined]],
		['shot: []\nshots: []', [1, 'shot']],
		['shots:\n  - id: s1\n    image: {a: 1}', [2, 'image']],
		['shots:\n  - hello', [2, undefined]],
	])('that is %j is refused with its line', async (text, [row, column]) => {
		const [first] = await messages('b.yaml', text);
		expect(first?.slice(0, 2)).toEqual([row, column]);
	});
});

describe('a list of JSON lines', () => {
	test('has one shot per line', async () => {
		const {rows} = await read(
			'a.jsonl',
			'{"id":"s1","duration":5,"sound":false}\n\n{"id":"s2","ref_image":["a.png","b.png"]}\n',
		);
		expect(rows).toEqual([
			{row: 1, values: {id: 's1', duration: '5', sound: 'false'}},
			{row: 3, values: {id: 's2', 'ref-image': ['a.png', 'b.png']}},
		]);
	});

	test('reports which line is invalid', async () => {
		expect(await messages('b.jsonl', '{"id":"s1"}\n[1]\n{oops\n{"a":{"b":1}}')).toEqual([
			[2, undefined, 'This line is not a JSON object'],
			[3, undefined, 'This line is not a JSON object'],
			[4, 'a', expect.stringContaining('must be a text')],
		]);
	});
});

test('another kind of file is refused, with the kinds that can be read', async () => {
	await expect(readManifest('shots.xlsx')).rejects.toMatchObject({
		code: 'invalid_manifest',
		said: expect.stringContaining('.csv, .tsv, .jsonl'),
	});
});
