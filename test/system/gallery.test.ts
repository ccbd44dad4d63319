import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import type {Browser, Page} from 'playwright-core';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {root, succeeds} from '../e2e/kling.js';
import {startBrowser} from '../support/browser.js';

/** Real clips from the sandbox, with hostile names and prompts. */
const media = (name: string) => path.join(root, 'src', 'sandbox', 'media', name);
const hostilePrompt = `<script>window.hacked = 1</script><img src=x onerror="window.hacked = 2"> \u202Egnp ${'long '.repeat(2000)}`;

let browser: Browser;
/** Most tests use one page in turn: a new one takes Chromium as much processor time as all that a test does with it. */
let shared: Page;
beforeAll(async () => {
	browser = await startBrowser();
	const context = await browser.newContext({viewport: {width: 800, height: 500}});
	shared = await context.newPage();
});
afterAll(() => browser.close());

/** A folder of shots with takes, each with a sidecar. */
function clips(
	shots: number,
	takes: number,
	prompt: (shot: number) => string = (shot) => `a red fox, shot ${shot}`,
) {
	const folder = path.join(mkdtempSync(path.join(tmpdir(), 'kling-takes-')), 'clips');
	mkdirSync(folder);
	for (let shot = 1; shot <= shots; shot++) {
		for (let take = 1; take <= takes; take++) {
			const file = path.join(folder, `s${shot}-${take}.mp4`);
			copyFileSync(media(take % 2 === 0 ? 'clip-5s-watermark.mp4' : 'clip-5s.mp4'), file);
			const side = {
				prompt: prompt(shot),
				model: 'kling-v3-omni',
				units: '3',
				shot: `s${shot}`,
				take,
				tags: {client: 'acme'},
			};
			writeFileSync(`${file}.json`, JSON.stringify(side));
		}
	}
	return folder;
}

const running: ChildProcess[] = [];
afterEach(() => {
	for (const child of running.splice(0)) child.kill('SIGTERM');
});

/** Serves a folder with the built program. @returns the address, with its token */
async function serve(folder: string): Promise<string> {
	const child = spawn(process.execPath, [path.join(root, 'bin', 'run.js'), 'gallery', 'serve', folder], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	running.push(child);
	let text = '';
	while (!text.includes('\n}')) {
		const [chunk] = await once(child.stdout as NodeJS.ReadableStream, 'data');
		text += chunk;
	}
	return (JSON.parse(text) as {url: string}).url;
}

async function open(url: string, page = shared): Promise<Page> {
	await page.goto(url);
	await page.waitForSelector('take-card');
	return page;
}

const press = async (page: Page, ...keys: string[]) => {
	for (const key of keys) await page.keyboard.press(key);
};
const cards = (page: Page, decision: string) =>
	page.locator(`take-card[data-decision="${decision}"] .name b`).allInnerTexts();
const readPicks = (folder: string) =>
	JSON.parse(readFileSync(path.join(folder, 'picks.json'), 'utf8')) as unknown;

describe('served', () => {
	test('takes are picked, rejected, rated and annotated with the keyboard alone, and survive a reload', async () => {
		const folder = clips(3, 2);
		const url = await serve(folder);
		const page = await open(url);
		await press(page, 'p', '4', 'ArrowRight', 'x', 'n');
		await page.keyboard.type('too dark');
		await press(page, 'Control+Enter', 'ArrowRight', 'ArrowRight', 'p', 'u');
		const expected = {
			version: 1,
			picks: {s1: {take: 1}},
			takes: {s1: {1: {rating: 4}, 2: {rejected: true, note: 'too dark'}}},
		};
		await expect.poll(() => readPicks(folder)).toEqual(expected);
		await page.reload();
		await page.waitForSelector('take-card');
		expect(await cards(page, 'picked')).toEqual(['s1']);
		expect(await cards(page, 'rejected')).toEqual(['s1']);
	});

	test('keys that follow a note at once come after it', async () => {
		const folder = clips(2, 1);
		const page = await open(await serve(folder));
		await press(page, 'n');
		await page.keyboard.type('too dark');
		// In one task, as on a busy machine.
		await page.evaluate(`
			const press = (key, target, ctrlKey = false) =>
				target.dispatchEvent(new KeyboardEvent('keydown', {key, ctrlKey, bubbles: true, cancelable: true}));
			press('Enter', document.querySelector('dialog textarea'), true);
			for (const key of ['ArrowRight', 'p', 'u']) press(key, document.activeElement);
		`);
		await press(page, '5');
		const takes = {s1: {1: {note: 'too dark'}}, s2: {1: {rating: 5}}};
		await expect.poll(() => readPicks(folder)).toEqual({version: 1, picks: {}, takes});
	});

	test('the whole of the dialog for a note is visible', async () => {
		const page = await open(await serve(clips(1, 1)));
		await press(page, 'n');
		const isVisible = await page.evaluate(`(() => {
			const {bottom, right} = document.querySelector('dialog[open]').getBoundingClientRect();
			return [...document.querySelectorAll('dialog[open] button')].every((button) => {
				const place = button.getBoundingClientRect();
				return place.bottom <= bottom && place.right <= right;
			});
		})()`);
		expect(isVisible).toBe(true);
		const style = await page.evaluate(
			`getComputedStyle(document.querySelector('dialog textarea')).fontStyle`,
		);
		expect(style).toBe('normal');
		await press(page, 'Escape');
	});

	test('two windows keep each other up to date, and nothing is lost', async () => {
		const folder = clips(4, 1);
		const url = await serve(folder);
		const second = await shared.context().newPage();
		const [one, other] = await Promise.all([open(url), open(url, second)]);
		await press(one, 'p');
		await press(other, 'End', 'p');
		await expect.poll(() => readPicks(folder)).toMatchObject({picks: {s1: {take: 1}, s4: {take: 1}}});
		await expect.poll(() => cards(one, 'picked')).toEqual(['s1', 's4']);
		await expect.poll(() => cards(other, 'picked')).toEqual(['s1', 's4']);
		await second.close();
	});

	test('takes are compared side by side, frame by frame, in step', async () => {
		const page = await open(await serve(clips(1, 3)));
		await press(page, 'v');
		const videos = page.locator('dialog.compare video');
		await expect
			.poll(() =>
				videos.evaluateAll((all) =>
					all.every((one) => (one as unknown as {readyState: number}).readyState >= 2),
				),
			)
			.toBe(true);
		expect(await videos.count()).toBe(3);
		await press(page, '.', '.', '.');
		const times = () =>
			videos.evaluateAll((all) => all.map((one) => (one as unknown as {currentTime: number}).currentTime));
		await expect.poll(async () => new Set((await times()).map((time) => Math.floor(time * 24))).size).toBe(1);
		expect(Math.floor(((await times())[0] ?? 0) * 24)).toBe(3);
		await press(page, 'ArrowRight', 'p', 'Escape');
		await expect.poll(() => cards(page, 'picked')).toHaveLength(1);
	});

	test('a clip that arrives while the page is open is shown', async () => {
		const folder = clips(1, 1);
		const page = await open(await serve(folder));
		copyFileSync(media('clip-5s.mp4'), path.join(folder, 'late.mp4'));
		await expect.poll(() => page.locator('take-card').count()).toBe(2);
	});

	test('hostile prompts and names are text', async () => {
		const folder = clips(1, 1, () => hostilePrompt);
		copyFileSync(media('clip-5s.mp4'), path.join(folder, '<img src=x onerror=hacked=3>.mp4'));
		const page = await open(await serve(folder));
		expect(await page.locator('take-card[data-id="s1-1.mp4"] .prompt').innerText()).toContain(
			'<script>window.hacked',
		);
		expect(await page.evaluate('window.hacked')).toBeUndefined();
		const width = await page.evaluate('document.documentElement.scrollWidth <= innerWidth');
		expect(width).toBe(true);
	});
});

describe('built', () => {
	async function build(folder: string, ...flags: string[]): Promise<string> {
		const {file} = (await succeeds(['gallery', 'build', folder, ...flags])) as {file: string};
		return pathToFileURL(file).href;
	}

	test('the page opens from disk, plays its clips and keeps picks in the browser', async () => {
		const folder = clips(2, 2);
		const page = await open(await build(folder));
		await expect
			.poll(() =>
				page
					.locator('video')
					.first()
					.evaluate((one) => (one as unknown as {readyState: number}).readyState),
			)
			.toBeGreaterThan(0);
		await press(page, 'p');
		await page.reload();
		await expect.poll(() => cards(page, 'picked')).toEqual(['s1']);
	});

	test('one file contains everything', async () => {
		const folder = clips(1, 2);
		const url = await build(folder, '--single-file', '-o', path.join(folder, '..', 'one'));
		const page = await open(url);
		await expect
			.poll(() =>
				page
					.locator('video')
					.first()
					.evaluate((one) => (one as unknown as {readyState: number}).readyState),
			)
			.toBeGreaterThan(0);
	});

	test('a thousand takes: search and filters find the right ones, and only visible ones are loaded', async () => {
		const folder = clips(1, 1);
		const {file} = (await succeeds(['gallery', 'build', folder])) as {file: string};
		const html = readFileSync(file, 'utf8');
		const [, text = ''] = /id="data">(.*)<\/script>/.exec(html) ?? [];
		const data = JSON.parse(text) as {items: {id: string; shot: string; prompt: string; status: string}[]};
		const items = Array.from({length: 1000}, (_, index) => ({
			...data.items[0],
			id: `t${index}`,
			shot: `shot-${index}`,
			prompt: `prompt number ${index}`,
			status: index % 100 === 7 ? 'failed' : 'succeed',
		}));
		writeFileSync(file, html.replace(text, JSON.stringify({...data, items})));
		const page = await open(pathToFileURL(file).href);
		await expect.poll(() => page.locator('take-card').count()).toBe(1000);
		expect(await page.locator('video[src]').count()).toBeLessThan(40);
		await page.fill('#search', 'number 42');
		await expect.poll(() => page.locator('take-card').count()).toBe(20);
		await page.fill('#search', '');
		await page.click('button[data-filter="failed"]');
		await expect.poll(() => page.locator('take-card').count()).toBe(10);
	});
});

describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
	test.each([375, 1600])('at %i pixels the page is accessible', async (width) => {
		const folder = clips(2, 2);
		await Promise.all([shared.emulateMedia({colorScheme}), shared.setViewportSize({width, height: 900})]);
		const page = await open(await serve(folder));
		await press(page, 'p', 'ArrowRight', 'x');
		const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
		// The page's security policy blocks injected scripts, so axe is loaded through the debugger.
		await page.evaluate(axe);
		// The dark page differs in its colours only.
		const rules = colorScheme === 'dark' ? {runOnly: ['color-contrast', 'link-in-text-block']} : {};
		const options = JSON.stringify({resultTypes: ['violations'], ...rules});
		const check = async () => {
			const {violations} = (await page.evaluate(`axe.run(${options})`)) as {
				violations: {id: string; nodes: {html: string}[]}[];
			};
			return violations.map(({id, nodes}) => [id, nodes[0]?.html]);
		};
		expect(await check()).toEqual([]);
		await press(page, 'v');
		expect(await check()).toEqual([]);
		await press(page, '?');
		expect(await check()).toEqual([]);
	});
});

test('open starts the browser named in the environment, with the address', async () => {
	const folder = clips(1, 1);
	const seen = path.join(folder, '..', 'opened');
	const fake = path.join(folder, '..', 'browser.sh');
	writeFileSync(fake, `#!/bin/sh\necho "$1" >'${seen}'\n`, {mode: 0o755});
	const child = spawn(process.execPath, [path.join(root, 'bin', 'run.js'), 'gallery', 'open', folder], {
		stdio: ['ignore', 'pipe', 'ignore'],
		env: {...process.env, BROWSER: fake},
	});
	running.push(child);
	let text = '';
	while (!text.includes('\n}')) {
		const [chunk] = await once(child.stdout as NodeJS.ReadableStream, 'data');
		text += chunk;
	}
	const {url} = JSON.parse(text) as {url: string};
	await expect.poll(() => (existsSync(seen) ? readFileSync(seen, 'utf8') : '')).toBe(`${url}\n`);
});

test('a server that is asked to stop stops', async () => {
	await serve(clips(1, 1));
	const [child] = running.splice(0);
	if (!child) throw new Error('nothing runs');
	child.kill('SIGINT');
	const [code] = await once(child, 'exit');
	expect(code).toBe(130);
});
