import {describe, expect, test} from 'vitest';
import {readBashLine} from '../../src/completion/command-line.js';

/** The characters at which bash breaks words by default. */
const breaks = ' \t\n"\'><=;|&(:@';

test.each([
	['kling ', ['']],
	['kling vid', ['vid']],
	['/usr/bin/kling  video   status ', ['video', 'status', '']],
	['A=1 B=2 kling video', ['video']],
	['kling video create "a fox" ', ['video', 'create', 'a fox', '']],
	[`kling video create 'it'\\''s' -`, ['video', 'create', "it's", '-']],
	['kling video create "a \\"b\\" c', ['video', 'create', 'a "b" c']],
	['kling video create a\\ fox', ['video', 'create', 'a fox']],
	['kling video create "" ', ['video', 'create', '', '']],
	['kling video create "狐狸 ', ['video', 'create', '狐狸 ']],
	['kling video list >out.json --', ['video', 'list', '--']],
	['kling video list 2> err ', ['video', 'list', '']],
	['kling video create x\\', ['video', 'create', 'x']],
])('%s', (line, words) => {
	const read = readBashLine(line, breaks);
	expect(read).toMatchObject({words, isRedirection: false});
});

test.each(['kling video list > ', 'kling video list >', 'kling video list 2>er', 'kling video wait - < id'])(
	'%s wants a file',
	(line) => {
		expect(readBashLine(line, breaks).isRedirection).toBe(true);
	},
);

describe('the part of the completed word that bash keeps', () => {
	test.each([
		['--type=cr', '--type='],
		['--ratio=16:', '--ratio=16:'],
		['16:', '16:'],
		['@la', ''],
		['"16:', ''],
		['--type', ''],
	])('%s: %j', (word, kept) => {
		expect(readBashLine(`kling video create ${word}`, breaks).kept).toBe(kept);
	});

	test('nothing, if the user has told it not to break words there', () => {
		expect(readBashLine('kling video create --ratio=16:', ' \t\n').kept).toBe('');
	});
});
