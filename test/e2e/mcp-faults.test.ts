import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Client} from '@modelcontextprotocol/client';
import {StdioClientTransport} from '@modelcontextprotocol/client/stdio';
import {describe, expect, test} from 'vitest';
import {faultNames, faultOf} from '../../src/sandbox/faults.js';
import {type Agent, openStudio, type ToolAnswer} from '../support/mcp.js';
import {runJs} from './kling.js';

/** An agent that follows the hints: it repeats what can be repeated, and reconciles unknown outcomes. */
async function persist(agent: Agent, name: string, args: Record<string, unknown>): Promise<ToolAnswer> {
	let answer = await agent.call(name, args);
	for (let tries = 0; answer.isError && tries < 6; tries++) {
		const {code, retryable} = answer.error;
		if (code === 'submit_unknown') await agent.call('reconcile');
		else if (!retryable && code !== 'response_error') break;
		answer = await agent.call(name, args);
	}
	return answer;
}

/** Faults after which no task can be made. */
const final: Readonly<Record<string, string>> = {'no-balance': 'quota_exceeded'};

const flags = ['--allow-spend', '3', '--request-timeout', '4s'];
const apiFaults = faultNames.filter((name) => ['create', 'api'].includes(faultOf(name).at));

describe('an agent makes one clip, and pays once', () => {
	// In parallel, because a lookup mostly waits for a task that may still appear.
	test.concurrent.each(apiFaults)('through %s', async (fault) => {
		const studio = await openStudio([fault]);
		const agent = await studio.agent({flags});
		const made = await persist(agent, 'create_video', {prompt: 'a fox', duration: 5});
		const wanted = final[fault];
		if (wanted !== undefined) {
			expect(made).toMatchObject({isError: true, error: {code: wanted, hint: expect.any(String)}});
			expect(studio.made()).toHaveLength(0);
			return;
		}
		expect({fault, ...made}).toMatchObject({document: {success: true, task_id: expect.any(String)}});
		expect(await persist(agent, 'wait', {task_id: made.document.task_id})).toMatchObject({
			document: {status: 'succeed'},
		});
		expect(studio.made()).toEqual([made.document.external_task_id]);
		expect(studio.struck).toContain(fault);
		await agent.close();
	});
});

const fileFaults = [
	'expired-link',
	'cut-download',
	'reset-download',
	'empty-download',
	'html-download',
] as const;

test.concurrent.each(fileFaults)('an agent saves a whole file through %s', async (fault) => {
	const studio = await openStudio([fault]);
	const agent = await studio.agent({flags});
	const saved = await persist(agent, 'download', {task_id: '900000000000000101'});
	expect(saved).toMatchObject({document: {success: true}, content: [{}, {type: 'resource_link'}]});
	await agent.close();
});

test.concurrent('three clips under a limit, made, waited for, saved and paid for once, through lost responses', async () => {
	const studio = await openStudio([
		{fault: 'lost-answer', times: 2},
		{fault: 'reset', times: 2, match: {method: 'GET'}},
		{fault: 'bad-gateway', match: {method: 'GET'}},
		'cut-download',
	]);
	const agent = await studio.agent({flags: ['--allow-spend', '9', '--request-timeout', '4s']});
	const shots = ['a fox wakes up', 'it runs', 'it sleeps'].map((prompt) => ({prompt, duration: 5}));
	// The result of each first call is discarded, as by a client that has given up.
	await Promise.all(shots.map((shot) => agent.call('create_video', shot).catch(() => {})));
	for (const shot of shots) {
		const {document} = await persist(agent, 'create_video', shot);
		expect(document).toMatchObject({success: true});
		const id = document.task_id;
		expect(await persist(agent, 'wait', {task_id: id})).toMatchObject({document: {status: 'succeed'}});
		expect(await persist(agent, 'download', {task_id: id})).toMatchObject({document: {success: true}});
	}
	expect(await agent.call('create_video', {prompt: 'one more', duration: 5})).toMatchObject({
		error: {code: 'spending_not_allowed', message: expect.stringContaining('0 of 9')},
	});
	expect(studio.made()).toHaveLength(3);
	expect(studio.struck).toEqual(
		expect.arrayContaining(['lost-answer', 'reset', 'bad-gateway', 'cut-download']),
	);
	const report = JSON.parse((await studio.run('cost', 'report')).stdout);
	expect(report.total).toMatchObject({tasks: 3, billed_units: 9});
});

test.concurrent('a client rehearses with kling sandbox exec, which needs no keys', async () => {
	const home = mkdtempSync(path.join(tmpdir(), 'kling-rehearsal-'));
	const words = [
		'sandbox',
		'exec',
		'--speed',
		'1000',
		'--fault',
		'lost-answer',
		'--',
		'kling',
		'mcp',
		'serve',
	];
	const transport = new StdioClientTransport({
		command: process.execPath,
		args: [runJs, ...words, '--allow-spend', '3'],
		env: {PATH: String(process.env.PATH), HOME: home},
		cwd: home,
	});
	const client = new Client({name: 'rehearsal', version: '1.0.0'});
	await client.connect(transport);
	const call = (name: string, args: object) => client.callTool({name, arguments: {...args}});
	for (const _ of ['made', 'the same']) {
		const {structuredContent: made} = await call('create_video', {prompt: 'a fox', duration: 5});
		expect(made).toMatchObject({success: true});
		const {task_id} = made as {task_id: string};
		expect((await call('wait', {task_id})).structuredContent).toMatchObject({status: 'succeed'});
	}
	expect((await call('cost_report', {})).structuredContent).toMatchObject({
		total: {tasks: 1, billed_units: 3},
	});
	await client.close();
});

test.concurrent('a machine without room for another process is a reason to call again, and nothing is paid twice', async () => {
	const studio = await openStudio();
	const preload = path.join(studio.home, 'no-room.cjs');
	writeFileSync(
		preload,
		`const processes = require('node:child_process');
		const {spawn} = processes;
		processes.spawn = () => {
			processes.spawn = spawn;
			throw Object.assign(new Error('spawn EAGAIN'), {code: 'EAGAIN'});
		};`,
	);
	studio.env.NODE_OPTIONS = `--require=${preload}`;
	const agent = await studio.agent({flags});
	const shot = {prompt: 'a fox', duration: 5};
	expect(await agent.call('create_video', shot)).toMatchObject({
		error: {code: 'command_not_started', retryable: true, hint: expect.stringContaining('again')},
	});
	expect(await agent.call('create_video', shot)).toMatchObject({document: {success: true}});
	expect(studio.made()).toHaveLength(1);
	await agent.close();
});
