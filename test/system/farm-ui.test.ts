import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {startSandbox} from '../../src/sandbox/server.js';
import {envOf} from '../e2e/kling.js';
import {startBrowser} from '../support/browser.js';
import {farmMachines} from '../support/farm.js';
import {startPostgres, startRedis} from '../support/queue-servers.js';

const {folder, start, farm, brief, keep} = await farmMachines();
let browser: Awaited<ReturnType<typeof startBrowser>>;

beforeAll(async () => {
	browser = keep(await startBrowser());
});

const attack = '<img src=x onerror="document.title=1"><script>document.title=1</script>';

test.each([
	['Redis', () => startRedis(true)],
	['PostgreSQL', startPostgres],
] as const)(
	'the browser sees the queue on %s with the token of the address only; it changes nothing, runs nothing of a list, and asks no other site',
	async (name, startServer) => {
		const sandbox = keep(await startSandbox());
		const env = {...envOf(sandbox), KLING_FARM_QUEUE: keep(await startServer()).url};
		// The batch is named after the list, and the page shows that name.
		const list = path.join(folder, `${name} <img src=x>.jsonl`);
		const shots = ['a', 'b'].map((id) => JSON.stringify({id, prompt: `a hill ${attack}`, duration: 5}));
		writeFileSync(list, `${shots.join('\n')}\n`);
		expect((await brief(env, 'submit', list, '--yes')).document).toMatchObject({added: 2});
		const ui = start(env, 'ui');
		const {url} = JSON.parse(await ui.prints(/\}\s*$/)) as {url: string};
		const {origin, hostname} = new URL(url);
		expect(hostname).toBe('127.0.0.1');
		const second = await farm(env, 'ui', '--port', new URL(url).port);
		expect(second).toMatchObject({code: 2, document: {error: {code: 'port_in_use'}}});
		expect((await fetch(origin)).status).toBe(401);
		expect((await fetch(`${origin}/enter/wrong`)).status).toBe(401);
		const entered = await fetch(url, {redirect: 'manual'});
		const cookie = entered.headers.get('set-cookie') ?? '';
		expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
		const headers = {cookie: cookie.split(';')[0] ?? ''};
		const response = await fetch(`${origin}/api/queues`, {headers});
		const {queues} = (await response.json()) as {queues: {name: string; counts: Record<string, number>}[]};
		expect(queues[0]?.counts).toMatchObject({waiting: 2});
		const emptied = await fetch(`${origin}/api/queues/${queues[0]?.name}/empty`, {method: 'PUT', headers});
		expect(emptied.ok).toBe(false);
		expect((await brief(env, 'status')).document).toMatchObject({waiting: 2});

		const page = await browser.newPage();
		const elsewhere: string[] = [];
		page.on('response', (reply) => {
			if (!reply.url().startsWith(origin)) elsewhere.push(reply.url());
		});
		await page.goto(url);
		await page.goto(`${origin}/queue/${queues[0]?.name}?status=waiting`);
		await page.getByText('onerror').first().waitFor();
		expect(await page.title()).not.toBe('1');
		expect(await page.locator('img[src=x]').count()).toBe(0);
		// The page refers to fonts on another site, which the browser must not request.
		expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
		expect(elsewhere).toEqual([]);
		await page.close();
		ui.child.kill('SIGTERM');
		expect((await ui.ended()).code).toBe(0);
	},
);
