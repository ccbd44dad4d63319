import {rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {setBudget} from '../../../src/lib/cost/budget.js';
import {payForCall} from '../../../src/lib/tasks/paid-call.js';
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
