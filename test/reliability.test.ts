import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {faultNames} from '../src/sandbox/faults.js';

/** What docs/reliability.md promises: every row has an existing test, and every fault a row. */
const root = path.join(import.meta.dirname, '..');
const read = (...parts: string[]) => readFileSync(path.join(root, ...parts), 'utf8');

interface Row {
	fault: string;
	exit: string;
	file: string;
	name: string;
}

const rows: Row[] = read('docs', 'reliability.md')
	.split('\n')
	.filter((line) => line.startsWith('| ') && !/^\| (Fault|---)/.test(line))
	.map((line) => {
		const [fault = '', , exit = '', test = ''] = line
			.slice(2, -2)
			.split(/ *\| */)
			.map((cell) => cell.trim());
		const [file = '', ...name] = test.split(': ');
		return {fault, exit, file, name: name.join(': ')};
	});

const {named} = JSON.parse(read('test', 'reliability.json')) as {named: string[]};

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether a test file has a test of that name, literally or filled in by `each` from words of the file. */
function hasTest(source: string, name: string): boolean {
	// The first argument of a call that is followed by a function.
	const calls = source.matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])+)\1,\s*(?:\{[^{}]*\},\s*)?(?:async )?\(/g);
	const titles = [...calls].map(([, , title = '']) => title.replaceAll(/\\(['"`])/g, '$1'));
	return titles.some((title) => {
		if (title === name) return true;
		const pattern = escaped(title).replaceAll(/%[sijd]/g, '(.+)');
		const [, ...filled] = new RegExp(`^${pattern}$`).exec(name) ?? [];
		const words = filled.flatMap((text) => text.match(/[\w-]+/g) ?? []);
		return words.length > 0 && words.every((word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(source));
	});
}

test('there are rows', () => {
	expect(rows.length).toBeGreaterThan(60);
	expect(rows.filter(({exit}) => !/^(\d{1,3})?$/.test(exit))).toEqual([]);
});

test.each(rows.map(({fault, file, name}) => [fault, file, name]))(
	'%s: %s has the test "%s"',
	(_, file, name) => {
		expect(existsSync(path.join(root, file))).toBe(true);
		expect(hasTest(read(file), name)).toBe(true);
	},
);

test('no two rows have the same test', () => {
	const tests = rows.map(({file, name}) => `${file}: ${name}`);
	expect(tests.filter((name, index) => tests.indexOf(name) !== index)).toEqual([]);
});

test('every fault of the sandbox has a row', () => {
	const told = rows.map(({fault}) => fault);
	const missing = faultNames.filter(
		(name) => !told.some((fault) => new RegExp(`\`${name}(:\\w+)?\``).test(fault)),
	);
	expect(missing).toEqual([]);
});

test('every named fault has a row', () => {
	const told = rows.map(({fault}) => fault);
	expect(named.filter((name) => !told.some((fault) => fault.includes(name)))).toEqual([]);
});

test('a name that no test has is noticed', () => {
	expect(hasTest("test('that is there', () => {", 'that is there')).toBe(true);
	expect(hasTest("test('that is there', () => {", 'that is not there')).toBe(false);
	expect(hasTest("test.each([['reset']])('read: %s', (fault) => {", 'read: reset')).toBe(true);
	expect(hasTest("test.each([['reset']])('read: %s', (fault) => {", 'read: stall')).toBe(false);
});
