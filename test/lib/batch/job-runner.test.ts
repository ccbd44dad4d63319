import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {contentOf} from '../../../src/lib/batch/external-id.js';
import type {Prepared} from '../../../src/lib/batch/first-steps.js';
import {JobRunner} from '../../../src/lib/batch/job-runner.js';
import type {PortableJob} from '../../../src/lib/batch/portable-job.js';
import type {RequestCheck} from '../../../src/lib/batch/request-check.js';
import type {StateLine} from '../../../src/lib/batch/state-file.js';
import {fakeClient, fakeSession, task} from '../../support/session.js';

const output = mkdtempSync(path.join(tmpdir(), 'job-runner-'));

const job: PortableJob = {
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

function runner(
	creates: Parameters<typeof fakeClient>[0],
	gets: Parameters<typeof fakeClient>[1],
	by = check,
) {
	const {client, created, looked} = fakeClient(creates, gets);
	const {session} = fakeSession(client);
	const made = new JobRunner({
		session,
		check: by,
		folder: output,
		output,
		intervalMs: 1000,
		extensionOf: () => 'mp4',
		onTrouble: () => {},
	});
	return {made, created, looked, client};
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

test('a job that would not send what was planned is refused before anything is paid for', async () => {
	const {made, created} = runner([task()], []);
	const steps = made.steps(job, {lines: [], needs: [], mayExist: false, add: () => {}});
	await expect(steps.submit()).rejects.toThrow(/not what was planned/);
	expect(created).toEqual([]);
});

describe('a job that needs speech first', () => {
	const prices = ({audio_ms: ms}: Prepared) => (ms === undefined ? undefined : String(ms / 10_000));
	const speaking: RequestCheck = {
		...check,
		columnsOf: () => ['say'],
		check: async (_, {say, ...values}) => ({
			...(await check.check('text2video', {}, output)),
			body: {audio_id: values['audio-id'] ?? 'later'},
			...(say !== undefined && {
				first: {
					columns: ['say'],
					speech: {text: {text: 'hello', voice: 'v'}, limits: {minSeconds: 1, maxSeconds: 60}},
					unitsFor: prices,
				},
			}),
		}),
	};
	const reply = {status: 200, contentType: undefined, retryAfterMs: undefined, date: undefined, text: ''};
	const carried: PortableJob = {...job, units: '0.5'};

	async function submit(seconds: string) {
		const made = runner([task()], [], speaking);
		const audios = [{id: 'a1', duration: seconds}];
		made.client.request = async ({read}) =>
			read(
				{task_id: 'p1', task_status: 'succeed', task_result: {audios}, final_unit_deduction: '0.05'},
				reply,
			);
		const lines: StateLine[] = [];
		const values = {say: 'hello'};
		const {body} = await speaking.check('text2video', values, output);
		const content = contentOf('text2video', values, {body});
		const steps = made.made.steps(
			{...carried, values: {say: ['hello']}, content},
			{lines: [], needs: [], mayExist: false, add: (line) => void lines.push(line)},
		);
		await steps
			.submit()
			.catch((error: unknown) => lines.push({at: '', event: 'refused', message: String(error)}));
		return {created: made.created, lines};
	}

	test('makes it, and its task costs what the length of the speech says', async () => {
		const {created, lines} = await submit('4');
		expect(created).toMatchObject([{audio_id: 'a1'}]);
		expect(lines).toMatchObject([
			{event: 'prepared', audio_id: 'a1', audio_ms: 4000, speech_units: '0.05'},
			{event: 'submitted', estimated_units: '0.4'},
		]);
	});

	test('is not submitted if the speech makes it cost more than planned', async () => {
		const {created, lines} = await submit('7');
		expect(created).toEqual([]);
		expect(lines).toMatchObject([
			{event: 'prepared'},
			{message: expect.stringContaining('costs 0.7 units instead of 0.5')},
		]);
	});
});

test('a file outside the folder of the worker is refused', () => {
	const {made} = runner([], []);
	for (const file of ['../x.mp4', 'a/../../x.mp4', '']) {
		const history = {lines: [], needs: [], mayExist: false, add: () => {}};
		expect(() => made.steps({...job, file}, history)).toThrow(/outside/);
	}
});
