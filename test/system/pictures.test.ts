import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import type {Browser, Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {cell, margin, toSvg} from '../../scripts/terminal-svg.js';
import {root} from '../e2e/kling.js';
import {startBrowser} from '../support/browser.js';

let browser: Browser;
let page: Page;

beforeAll(async () => {
	browser = await startBrowser();
	page = await browser.newPage();
});

afterAll(() => browser.close());

interface Word {
	text: string;
	/** Positions of the characters as drawn by the browser. */
	starts: number[];
	left: number;
	right: number;
	top: number;
	fill: string;
}

/** Runs in the page. Returns where the browser drew each word. */
const measure = `({
	background: getComputedStyle(document.querySelector('rect')).fill,
	words: [...document.querySelectorAll('text')].map((element) => {
		const {x, y, width} = element.getBBox();
		const characters = {length: element.getNumberOfChars()};
		const starts = Array.from(characters, (_, index) => element.getStartPositionOfChar(index).x);
		const {fill} = getComputedStyle(element);
		return {text: element.textContent, starts, left: x, right: x + width, top: y, fill};
	}),
})`;

/** The words of a picture as drawn by the browser, and its background. */
async function drawn(
	file: string,
	colorScheme: 'light' | 'dark',
): Promise<{words: Word[]; background: string}> {
	await page.emulateMedia({colorScheme});
	await page.goto(pathToFileURL(file).href);
	return (await page.evaluate(measure)) as {words: Word[]; background: string};
}

const columnOf = (x: number) => (x - margin) / cell.width;

/** The contrast ratio of two colours, as defined by WCAG. */
function contrast(one: string, other: string): number {
	const light = (colour: string) => {
		const parts = (colour.match(/\d+/g) ?? []).slice(0, 3).map((part) => Number(part) / 255);
		const [red = 0, green = 0, blue = 0] = parts.map((part) =>
			part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
		);
		return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
	};
	return Math.max(light(one), light(other)) / Math.min(light(one), light(other));
}

test('a table, a bold line and wide characters are in the right columns of the terminal', async () => {
	const lines = [
		'task id   status      message',
		'\u001B[1m12\u001B[22m        \u001B[32msucceed\u001B[39m     狐狸 in snow',
	];
	const file = path.join(mkdtempSync(path.join(tmpdir(), 'kling-pictures-')), 'table.svg');
	writeFileSync(file, toSvg(lines.join('\r\n'), 'A table'));
	const {words} = await drawn(file, 'dark');
	const placed = words.map(({text, starts}) => [text, Math.round(columnOf(starts[0] ?? 0) * 10) / 10]);
	expect(placed).toEqual([
		...[
			['task', 0],
			['id', 5],
			['status', 10],
			['message', 22],
		],
		...[
			['12', 0],
			['succeed', 10],
			['狐狸', 22],
			['in', 27],
			['snow', 30],
		],
	]);
});

const files = readdirSync(path.join(root, 'docs'), {recursive: true, encoding: 'utf8'}).map(
	(name) => `docs/${name.replaceAll(path.sep, '/')}`,
);
const pictures = files.filter((name) => name.endsWith('.svg'));

test('every picture is made by the script, and the pages show no others', () => {
	expect(pictures.length).toBeGreaterThan(0);
	for (const page of ['README.md', ...files.filter((name) => name.endsWith('.md'))]) {
		const shown = readFileSync(path.join(root, page), 'utf8').matchAll(/!\[[^\]]*\]\(([^)]+)\)/g);
		for (const [, file = ''] of shown)
			expect(existsSync(path.join(root, path.dirname(page), file))).toBe(true);
	}
});

describe.each(pictures)('%s', (name) => {
	const file = path.join(root, name);

	test('each character is in its column, and no word runs into the next', async () => {
		const {words} = await drawn(file, 'dark');
		expect(words.length).toBeGreaterThan(5);
		for (const {text, starts} of words) {
			for (const start of starts) {
				const column = columnOf(start);
				expect([text, Math.abs(column - Math.round(column)) < 0.05]).toEqual([text, true]);
			}
		}
		for (const [index, {text, right, top}] of words.entries()) {
			const next = words[index + 1];
			if (next?.top === top) expect([text, right <= next.left]).toEqual([text, true]);
		}
	});

	test.each(['light', 'dark'] as const)('can be read on a %s page', async (scheme) => {
		const {words, background} = await drawn(file, scheme);
		for (const {text, fill} of words) {
			expect([text, contrast(fill, background) >= 4.5]).toEqual([text, true]);
		}
	});
});

test('the pictures show what the program prints now', () => {
	execFileSync(process.execPath, [path.join(root, 'scripts', 'screenshots.js'), '--check']);
});
