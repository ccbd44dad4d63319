/*
 * Makes the gallery's screenshots in docs/screenshots/: real takes from the sandbox, in the real page, in a real browser.
 * Needs chromium and ffmpeg.
 */
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {chromium} from 'playwright-core';

const root = path.join(import.meta.dirname, '..');
const target = path.join(root, 'docs', 'screenshots');
const folder = path.join(mkdtempSync(path.join(tmpdir(), 'kling-gallery-')), 'winter-campaign');
mkdirSync(folder);

const shots = ['a red fox in snow', 'a paper boat in the rain', 'a lake at dawn, mist', 'a tram at night'];
for (const [index, prompt] of shots.entries()) {
	for (const take of [1, 2, 3]) {
		const file = path.join(folder, `s${index + 1}-${take}.mp4`);
		const hue = index * 70 + take * 12;
		const source = `gradients=size=640x360:rate=24:duration=5:seed=${index * 7 + take}:c0=0x${((hue * 92821) % 0xffffff).toString(16).padStart(6, '0')}:c1=0x202830`;
		execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', source, '-pix_fmt', 'yuv420p', file]);
		const side = {
			prompt,
			model: 'kling-v3-omni',
			units: '3',
			shot: `s${index + 1}`,
			take,
			tags: {client: 'acme'},
		};
		writeFileSync(`${file}.json`, JSON.stringify(side));
	}
}
const built = execFileSync(process.execPath, [path.join(root, 'bin', 'run.js'), 'gallery', 'build', folder], {
	encoding: 'utf8',
});

const browser = await chromium.launch({
	executablePath: '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const page = await browser.newPage({viewport: {width: 1200, height: 760}, colorScheme: 'light'});
await page.goto(pathToFileURL(JSON.parse(built).file).href);
await page.waitForTimeout(1500);
for (const key of ['p', '5', 'ArrowRight', 'x', 'ArrowRight', '3', 'ArrowDown', 'p'])
	await page.keyboard.press(key);
await page.waitForTimeout(3200);
await page.screenshot({path: path.join(target, 'gallery.png')});
await page.keyboard.press('Home');
await page.keyboard.press('v');
await page.waitForTimeout(800);
await page.keyboard.press('.');
await page.waitForTimeout(500);
await page.screenshot({path: path.join(target, 'gallery-compare.png')});
await browser.close();
