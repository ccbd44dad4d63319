import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {ok} from '../support/fake-server.js';
import {succeeds} from './kling.js';
import {serveTask} from './served-task.js';

/** What a server, a proxy or another user of the machine could make of us. */
describe('a clip of which not all is told', () => {
	test.each([
		['no duration', {id: 'v1'}],
		['no id', {duration: '5.1'}],
		['neither', {}],
		['both of another kind', {id: ['v1'], duration: {}}],
	])('--download needs no field but the link: %s', async (_, clip) => {
		const {api, server, cwd, env, file} = await serveTask();
		api.answer = (request, response) => {
			const done = {task_status: 'succeed', task_result: {videos: [{...clip, url: server.url}]}};
			ok({task_id: 't1', ...(request.method === 'POST' ? {task_status: 'submitted'} : done), task_info: []})(
				request,
				response,
			);
		};
		const document = await succeeds(['video', 'extend', 'v1', '--download', file, '-q'], {env, cwd});
		expect(document).toMatchObject({success: true, task_id: 't1', status: 'succeed', file});
		expect(readFileSync(file).equals(server.file.bytes)).toBe(true);
	});
});
