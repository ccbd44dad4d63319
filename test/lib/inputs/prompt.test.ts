import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {Readable} from 'node:stream';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {readPrompt} from '../../../src/lib/inputs/prompt.js';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'kling-prompt-'));
});
afterAll(() => rm(folder, {recursive: true}));

/** A stdin that fails the test when it is opened. */
const closed = () => expect.fail('stdin was opened');

async function file(content: string | Uint8Array) {
	const where = path.join(folder, 'prompt.txt');
	await writeFile(where, content);
	return where;
}

const fromArgument = (argument: string) => readPrompt({argument, file: undefined, stdin: closed});
const fromFile = async (content: string | Uint8Array) =>
	readPrompt({argument: undefined, file: await file(content), stdin: closed});
const fromStdin = (...chunks: (string | Buffer)[]) =>
	readPrompt({argument: '-', file: undefined, stdin: () => Readable.from(chunks)});

describe('a prompt', () => {
	test('comes from the argument unchanged', async () => {
		expect(await fromArgument(' a fox\n')).toBe(' a fox\n');
	});

	test('comes from a file, trimmed', async () => {
		expect(await fromFile('\uFEFF  a fox\nin snow\n\n')).toBe('a fox\nin snow');
	});

	test('comes from stdin for -, as argument or file', async () => {
		expect(await fromStdin('a ', Buffer.from('fox\r\n'))).toBe('a fox');
		expect(await readPrompt({argument: undefined, file: '-', stdin: () => Readable.from(['a fox'])})).toBe(
			'a fox',
		);
	});

	test('may be split within a character', async () => {
		const bytes = Buffer.from('🦊');
		expect(await fromStdin(bytes.subarray(0, 2), bytes.subarray(2))).toBe('🦊');
	});

	test('is undefined when it was not given', async () => {
		expect(await readPrompt({argument: undefined, file: undefined, stdin: closed})).toBeUndefined();
	});

	test('may have 3072 characters as people count them', async () => {
		const longest = '🦊'.repeat(3072);
		expect(await fromArgument(longest)).toBe(longest);
		expect(await fromFile(`${longest}\n`)).toBe(longest);
	});
});

describe('is refused', () => {
	test.each([
		['argument', () => fromArgument(''), 'missing_prompt', /^The prompt is empty/],
		['invisible', () => fromArgument('\u200B\uFEFF \u0000'), 'missing_prompt', /^The prompt is empty/],
		['blank argument', () => fromArgument(' \n'), 'missing_prompt', /empty/],
		['file', () => fromFile(''), 'missing_prompt', /prompt\.txt is empty/],
		['blank file', () => fromFile('\n\t'), 'missing_prompt', /empty/],
		['stdin', () => fromStdin(), 'missing_prompt', /from stdin is empty/],
	])('empty: %s', async (_, read, code, message) => {
		await expect(read()).rejects.toMatchObject({code, message: expect.stringMatching(message)});
	});

	test.each([
		['argument', () => fromArgument('x'.repeat(3073)), /3073.*2500.*3072/],
		['file', () => fromFile('x'.repeat(3073)), /3073.*2500.*3072/],
		['stdin without end', () => fromStdin(...Array(100).fill('x'.repeat(1000))), /stdin.*2500/],
	])('too long: %s', async (_, read, message) => {
		await expect(read()).rejects.toMatchObject({
			code: 'invalid_prompt',
			message: expect.stringMatching(message),
		});
	});

	test('when it is not UTF-8', async () => {
		await expect(fromFile(Buffer.from([0xff, 0xfe, 0x61, 0]))).rejects.toMatchObject({
			code: 'invalid_prompt',
			message: expect.stringMatching(/UTF-8/),
		});
	});

	test('when it is given in two places', async () => {
		await expect(readPrompt({argument: 'a', file: 'b', stdin: closed})).rejects.toMatchObject({
			code: 'conflicting_input',
		});
	});

	test.each(['missing.txt', os.tmpdir(), ''])('when its file cannot be read: %j', async (name) => {
		await expect(readPrompt({argument: undefined, file: name, stdin: closed})).rejects.toMatchObject({
			code: 'read_error',
			message: expect.stringMatching(/--prompt-file/),
		});
	});
});
