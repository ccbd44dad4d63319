import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import type {CarriedJob} from '../../../src/lib/batch/carried-job.js';
import {JobRunner} from '../../../src/lib/batch/job-runner.js';
import type {RequestCheck} from '../../../src/lib/batch/request-check.js';
import type {StateLine} from '../../../src/lib/batch/state-file.js';
import {fakeClient, fakeSession, task} from '../../support/session.js';

const output = mkdtempSync(path.join(tmpdir(), 'job-runner-'));

const job: CarriedJob = {
	id: 'batch-b-s1-1-x',
	externalId: 'batch-b-s1-1-x',
	batch: 'b',
	key: 's1',
	shot: {id: 's1', row: 2, type: 'text2video', tags: {}},
	take: 1,
	attempt: 1,
	needs: [],
	values: {prompt: ['a fox']},
	mayExist: false,
	file: 'b/s1.mp4',
	pack: 'video',
	content: 'planned',
};

const check: RequestCheck = {
	types: ['text2video'],
	columnsOf: () => ['prompt'],
	nearest: () => undefined,
	check: async () => ({
		body: {prompt: 'a fox'},
		model: undefined,
		units: '1',
		pack: 'video',
		seconds: 1,
		warnings: [],
	}),
};

function runner(creates: Parameters<typeof fakeClient>[0], gets: Parameters<typeof fakeClient>[1]) {
	const {client, created, looked} = fakeClient(creates, gets);
	const {session} = fakeSession(client);
	const made = new JobRunner({
		session,
		check,
		folder: output,
		output,
		intervalMs: 1000,
		extensionOf: () => 'mp4',
		onTrouble: () => {},
	});
	return {made, created, looked};
}

test('a task that another machine submitted is found by its name, followed by its id, and not paid for again', async () => {
	const running = task({id: 't9', status: 'processing', externalId: job.externalId});
	const ended = task({id: 't9', status: 'succeed', units: '1', externalId: job.externalId});
	const {made, created, looked} = runner([], [running, running, ended]);
	const lines: StateLine[] = [];
	const steps = made.steps(job, {
		lines: [],
		needs: [],
		mayExist: true,
		add: (line) => void lines.push(line),
	});
	await steps.submit();
	expect(await steps.follow()).toMatchObject({id: 't9', status: 'succeed', units: '1'});
	expect(created).toEqual([]);
	expect(looked[0]).toContain(job.externalId);
	expect(looked.at(-1)).toContain('t9');
	expect(lines.map(({event}) => event)).toEqual(['submitted', 'succeeded']);
});

test('what would not be sent as it was planned is refused before anything is paid for', async () => {
	const {made, created} = runner([task()], []);
	const steps = made.steps(job, {lines: [], needs: [], mayExist: false, add: () => {}});
	await expect(steps.submit()).rejects.toThrow(/not what was planned/);
	expect(created).toEqual([]);
});

test('a file outside the folder of the worker is refused', () => {
	const {made} = runner([], []);
	for (const file of ['../x.mp4', 'a/../../x.mp4', '']) {
		const history = {lines: [], needs: [], mayExist: false, add: () => {}};
		expect(() => made.steps({...job, file}, history)).toThrow(/outside/);
	}
});
