import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {setBudget} from '../../../src/lib/cost/budget.js';
import {payForCall} from '../../../src/lib/tasks/paid-call.js';
import {findPaidStep} from '../../../src/lib/tasks/paid-steps.js';
import {fakeClient, fakeSession} from '../../support/session.js';

test('a paid call returns its result, even when nothing can be recorded afterwards', async () => {
	const {client} = fakeClient([]);
	const {session, lines, folder} = fakeSession({
		...client,
		async request<T>() {
			// From now on, the budgets cannot be read.
			writeFileSync(path.join(session.journal.folder, 'budget.json'), 'broken');
			return {id: 'call-1', units: '0.05'} as T;
		},
	});
	await setBudget(session, {units: 10, per: 'day'});
	const made = await payForCall(session, 'speech', {text: 'hi'}, () => ({id: 'call-1'}), {command: []});
	expect(made.id).toBe('call-1');
	expect(lines.join('\n')).toContain('was made and paid for');
	const [entry] = [...session.journal.newestFirst()];
	expect(entry).toMatchObject({outcome: 'made', taskId: 'call-1'});
	rmSync(folder, {recursive: true});
});

test('the result of a paid call is used after a kill right behind the line that records it', async () => {
	const {client} = fakeClient([]);
	const made = {id: 'call-1', units: '0.05'};
	const {session, folder} = fakeSession({...client, request: async <T>() => made as T});
	const log = path.join(session.journal.folder, 'tasks.ndjson');
	const body = {text: 'hi'};
	await payForCall(session, 'speech', body, () => made, {command: [], keep: () => ({audio_id: '7'})});
	const lines = readFileSync(log, 'utf8').split('\n');
	const recorded = lines.findIndex((line) => line.includes('audio_id'));
	writeFileSync(log, `${lines.slice(0, recorded + 1).join('\n')}\n`);
	expect(findPaidStep(session, 'speech', body, undefined)).toEqual({...made, result: {audio_id: '7'}});
	rmSync(folder, {recursive: true});
});
