import {appendFileSync, mkdtempSync, openSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {keyOf, keysOf, parseLine} from '../../../src/lib/journal/entry.js';
import {openTail} from '../../../src/lib/journal/log-tail.js';

const keysIn = (text: string) => {
	const line = parseLine(text);
	return line === undefined ? [] : keysOf(line);
};

const lineOf = (id: string, entry: object) => `\n${JSON.stringify({id, entry})}\n`;

function openLog(text: string) {
	const file = path.join(mkdtempSync(path.join(tmpdir(), 'kling-tail-')), 'tasks.ndjson');
	writeFileSync(file, text);
	const log = openSync(file, 'r');
	const open = () => openTail(log, 0, keysIn);
	return {file, open};
}

/** The lines at these offsets that a key really matches. A line that was unfinished at first may be found twice. */
const matching = (text: string, offsets: readonly number[], key: string) =>
	[...new Set(offsets)].filter((offset) => {
		const [line = ''] = Buffer.from(text).subarray(offset).toString().split('\n');
		return keysIn(line).includes(key);
	});

const texts = {
	'lines of this program': [
		lineOf('shot-1', {request: {prompt: 'say "shot-2"'}}),
		lineOf('shot-1', {taskId: '77'}),
		lineOf('77', {taskId: '78', videoId: 'a "b" \\ ü'}),
		lineOf('shot-2', {taskId: '77', message: 'shot-1'}),
	].join(''),
	'an unfinished last line': `${lineOf('shot-1', {taskId: '77'})}{"id":"shot-2","entry":{"taskId":"77`,
	'a last line without a line break': `${lineOf('shot-2', {})}{"id":"shot-1","entry":{"taskId":"77"}}`,
	'ids written as escapes by another program':
		'{"id":"\\u0073hot-1","entry":{"taskId":"7\\u0037"}}\n{"id":"a\\/b","entry":{"videoId":"\\u00fc"}}\n',
	'spaces between the fields': '{ "id" : "shot-1", "entry" : { "taskId" : "77" } }\n',
	'no line': '\n\n',
	'lines that are not JSON': `"shot-1" 77\n${lineOf('shot-1', {})}{"id":"shot-1"`,
};
const ids = ['shot-1', 'shot-2', '77', '78', 'a "b" \\ ü', 'a/b', 'ü', 'unknown', ''];
const keys = ids.flatMap((id) => [keyOf.externalId(id), keyOf.taskId(id), keyOf.videoId(id)]);

test.each(Object.entries(texts))('a search of the text finds what an index finds: %s', (_, first) => {
	const added = `\n${lineOf('shot-1', {taskId: '78'})}`;
	const {file, open} = openLog(first);
	for (const key of keys) {
		const searched = open();
		const indexed = open();
		let text = first;
		for (let round = 0; round < 2; round += 1) {
			for (const tail of [searched, indexed]) tail.read(Buffer.byteLength(text));
			// As for a command that asks about many tasks.
			for (let times = 0; times < 100; times += 1) indexed.find('e:none');
			const found = matching(text, indexed.find(key), key);
			expect(matching(text, searched.find(key), key)).toEqual(found);
			if (round === 0) appendFileSync(file, added);
			text = first + added;
		}
		writeFileSync(file, first);
	}
});

test('all lines are known once they are asked for, each only once', () => {
	const text = [1, 2, 3].map((number) => lineOf(`shot-${number}`, {})).join('');
	const tail = openLog(text).open();
	tail.read(Buffer.byteLength(text) - 3);
	tail.read(Buffer.byteLength(text));
	expect(tail.find('e:shot-2')).toHaveLength(1);
	expect(tail.lines().map(({key}) => key)).toEqual(['e:shot-1', 'e:shot-2', 'e:shot-3']);
	expect(tail.end).toBe(Buffer.byteLength(text));
});
