import {existsSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {planFaults} from '../../src/sandbox/fault-plan.js';
import {startSandbox} from '../../src/sandbox/server.js';
import {envOf} from '../e2e/kling.js';
import {farmMachines, filesIn, maxAtOnce, quick, submitted, writeShots} from '../support/farm.js';
import {startPostgres, startRedis, until} from '../support/queue-servers.js';

const {folder, start, farm, brief, keep} = await farmMachines();

describe.each([
	['Redis', () => startRedis(true)],
	['PostgreSQL', startPostgres],
] as const)('300 jobs on %s, three workers', (name, startServer) => {
	test('a worker and the server are killed, responses are lost: each task is made once, and every file is there', async () => {
		const slots = 12;
		const lost = {fault: 'lost-answer', after: 20, times: 4, match: {method: 'POST'}} as const;
		const faults = planFaults({steps: [lost]});
		const sandbox = keep(await startSandbox({speed: 500, slots: 100, faults}));
		const server = keep(await startServer());
		const env = {...envOf(sandbox), KLING_FARM_QUEUE: server.url, MACHINE: name};
		const list = writeShots(folder, 300, name);
		const output = path.join(folder, `out-${name}`);
		expect((await farm(env, 'budget', '750')).document).toMatchObject({units: '750', spent: '0'});
		const added = await farm(env, 'submit', list, '--yes', '--slots', String(slots));
		expect(added.document).toMatchObject({success: true, added: 300, already_queued: 0, slots});
		const workers = ['a', 'b', 'c'].map((MACHINE) =>
			start({...env, MACHINE: `${name}-${MACHINE}`}, 'worker', '-o', output, ...quick),
		);
		await until(() => submitted(sandbox).length > 60);
		workers[0]?.child.kill('SIGKILL');
		await until(() => submitted(sandbox).length > 130);
		await server.restart('SIGKILL');
		// 250 clips of 3 units are within the budget; the next one pauses the queue.
		await until(() => workers.some(({printed}) => printed.stderr.includes('"event":"paused"')));
		await until(async () => {
			const {paused, running} = (await brief(env, 'status')).document;
			return paused === true && running === 0;
		});
		const paused = (await brief(env, 'status')).document;
		expect(paused).toMatchObject({paused_for: {code: 'budget_exceeded'}, budget: {remaining: '0'}});
		// Jobs that the dead worker left keep their reservation until the queue continues.
		const {spent, reserved} = paused.budget as {spent: string; reserved: string};
		expect(Number(spent) + Number(reserved)).toBe(750);
		expect(submitted(sandbox).length).toBeLessThanOrEqual(250);
		expect(submitted(sandbox).length).toBeGreaterThanOrEqual(Number(spent) / 3);
		await brief(env, 'budget', '900');
		await farm(env, 'resume');
		const again = await brief(env, 'submit', list, '--yes');
		expect(again.document).toMatchObject({added: 0, already_queued: 300});
		const {stderr, document} = await farm(env, 'status', '--watch');
		expect(stderr).toContain('"event":"progress"');
		expect(document.failures ?? []).toEqual([]);
		expect(document).toMatchObject({done: 300, failed: 0, waiting: 0, budget: {spent: '900', reserved: '0'}});
		const tasks = submitted(sandbox);
		expect(new Set(tasks.map(({externalId}) => externalId)).size).toBe(300);
		expect(tasks).toHaveLength(300);
		expect(maxAtOnce(tasks)).toBeLessThanOrEqual(slots);
		expect(filesIn(output)).toHaveLength(300);
		const report = (await farm(env, 'report', '-o', output)).document;
		expect(report).toMatchObject({tasks: 300, succeeded: 300, units: '900'});
		expect((report.rows as {file: string}[]).every(({file}) => existsSync(file))).toBe(true);
	}, 240_000);
});
