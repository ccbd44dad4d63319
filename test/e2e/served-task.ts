import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {closeAfterFile} from '../support/after-file.js';
import {ok, startFakeServer} from '../support/fake-server.js';
import {type ServedFile, startFileServer} from '../support/file-server.js';
import {fakeMp4} from '../support/media.js';
import type {Env} from './kling.js';

/** An API whose tasks have all succeeded, and a file server with the clip, for one test. */
export async function serveTask(fields: Partial<ServedFile> = {}) {
	const [api, server] = await Promise.all([
		startFakeServer(),
		startFileServer({bytes: fakeMp4(3_000_000), etag: '"v1"', servesParts: true, ...fields}),
	]);
	for (const opened of [api, server]) closeAfterFile(() => opened.close());
	api.answer = (request, response) => {
		const id = decodeURIComponent(request.url.split('/').at(-1) ?? '');
		const result = {videos: [{id: `v-${id}`, url: server.url}]};
		// An external id starts with x; its task has the number.
		const info = id.startsWith('x') ? {task_info: {external_task_id: id}} : {};
		const task = {task_id: id.replace(/^x/, ''), task_status: 'succeed', task_result: result, ...info};
		ok({...task, created_at: new Date(2026, 10, 23, 12).getTime()})(request, response);
	};
	const cwd = mkdtempSync(path.join(tmpdir(), 'kling-served-'));
	const env: Env = {
		KLING_BASE_URL: api.baseUrl,
		KLING_API_KEY: 'api-key-kling-test',
		KLING_API_STANDARD: 'v1',
	};
	return {api, server, cwd, env, file: path.join(cwd, 'x.mp4'), part: path.join(cwd, 'x.mp4.part')};
}

/** The number of bytes sent beyond those of the file. */
export const surplusOf = ({seen, file}: Awaited<ReturnType<typeof serveTask>>['server']) =>
	seen.reduce((sum, {sent}) => sum + sent, 0) - file.bytes.length;
