import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {envOf, root, runJs, succeeds} from '../e2e/kling.js';
import {farmMachines, filesIn, quick, submitted, writeShots} from '../support/farm.js';
import {networkOf} from '../support/namespaces.js';
import {type QueueServer, startRedis, until} from '../support/queue-servers.js';

/* Network namespaces stand for machines: each has its own loopback and one link to the others. */

const {folder, brief, start, startAny, keep} = await farmMachines();
let sandbox: Sandbox;
let redis: QueueServer;
let network: Awaited<ReturnType<typeof networkOf>>;

beforeAll(async () => {
	sandbox = keep(await startSandbox({speed: 300, slots: 100}));
	// Files are served from another port, which is part of the links.
	const seed = await succeeds(['video', 'status', '900000000000000101', '-v'], {env: envOf(sandbox)});
	redis = keep(await startRedis(true));
	const ports = [sandbox.baseUrl, String(seed.video_url)].map((url) => Number(new URL(url).port));
	network = keep(await networkOf(3, [...ports, redis.port]));
});

/** The blocks of a language in the guide's section about three machines, in order. */
function blocks(language: string): string[] {
	const guide = readFileSync(path.join(root, 'docs', 'farm-guide.md'), 'utf8');
	const part = guide.split('\n## Three machines\n')[1]?.split('\n## ')[0] ?? '';
	return [...part.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text);
}

test('the three machines of the guide work as written', async () => {
	const before = submitted(sandbox).length;
	const bin = path.join(folder, 'bin');
	mkdirSync(bin);
	writeFileSync(path.join(bin, 'kling'), `#!/bin/sh\nexec ${process.execPath} ${runJs} "$@"\n`);
	chmodSync(path.join(bin, 'kling'), 0o755);
	const [config = ''] = blocks('conf');
	const [first = '', others = ''] = blocks('sh');
	expect(first).toContain('kling farm submit shots.csv --slots 5 --yes');
	writeFileSync(path.join(folder, 'redis.conf'), config);
	writeShots(folder, 20);
	const env = {...envOf(sandbox), PATH: `${bin}:${process.env.PATH}`};
	const run = (machine: number, script: string) =>
		startAny({...env, MACHINE: `m${machine}`}, [...network.on(machine), 'bash', '-e', '-c', script]);
	const one = run(1, first);
	await one.prints(/"added": 20/);
	const [two, three] = [run(2, others), run(3, others)];
	const ended = await Promise.all([one.ended(), two.ended(), three.ended()]);
	for (const {code, stdout} of ended) expect({code, stdout}).toMatchObject({code: 0});
	expect(submitted(sandbox).length - before).toBe(20);
	expect(filesIn(path.join(folder, 'clips'))).toHaveLength(20);
});

test('a machine that is cut off is replaced, and does no harm when it is back', async () => {
	const before = submitted(sandbox).length;
	const host = {...envOf(sandbox), KLING_FARM_QUEUE: redis.url};
	await brief(host, 'submit', writeShots(folder, 60, 'cut'), '--yes', '--slots', '6');
	const work = (machine: number) =>
		startAny({...host, MACHINE: `m${machine}`}, [
			...network.on(machine),
			...[process.execPath, runJs, 'farm', 'worker', '-o', path.join(folder, `cut-${machine}`)],
			...['-j', '3', '--exit-when-done', ...quick],
		]);
	// The machine that will be cut off has started a job, whatever jobs the others take.
	const third = work(3);
	await until(() => /"event":"submitted"/.test(third.printed.stderr));
	const workers = [work(1), work(2), third];
	network.cut(3);
	const watching = start(host, 'status', '--watch');
	await until(() => submitted(sandbox).length - before > 30);
	network.join(3);
	const {document} = {document: JSON.parse((await watching.ended()).stdout)};
	expect(document).toMatchObject({done: 60, failed: 0});
	for (const worker of workers) expect((await worker.ended()).code).toBe(0);
	const tasks = submitted(sandbox).slice(before);
	expect(tasks).toHaveLength(60);
	expect(new Set(tasks.map(({externalId}) => externalId)).size).toBe(60);
	const files = [1, 2, 3].flatMap((machine) => filesIn(path.join(folder, `cut-${machine}`)));
	expect(new Set(files).size).toBe(60);
});
