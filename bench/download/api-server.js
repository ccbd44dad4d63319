/*
 * The Kling API as far as a download needs it: every task has succeeded, and its id is the name of its file. It has lists,
 * and the lookup of up to twenty tasks at once that the API has for API keys. Arguments: address of the files, milliseconds
 * of latency. Prints its port.
 */
import {createServer} from 'node:http';
import {setTimeout as delay} from 'node:timers/promises';
import {many, tiny} from './ids.js';

const [, , files, latency] = process.argv;

/** The newest tasks, of whichever size is requested. */
const newest = [...many, ...tiny];

const taskOf = (id) => ({
	task_id: id,
	task_status: 'succeed',
	task_result: {videos: [{id, url: `${files}/${id}.mp4`}]},
});

const newerTaskOf = (id) => ({
	id,
	external_id: id,
	status: 'succeeded',
	outputs: [{type: 'video', id, url: `${files}/${id}.mp4`, duration: '5.041'}],
});

const server = createServer(async ({url}, response) => {
	await delay(Number(latency));
	const {pathname, searchParams} = new URL(url, 'http://localhost');
	const size = Number(searchParams.get('pageSize'));
	const number = Number(searchParams.get('pageNum'));
	const byPath = () =>
		size > 0
			? newest.slice((number - 1) * size, number * size).map(taskOf)
			: taskOf(pathname.split('/').at(-1));
	const ids = searchParams.get('task_ids') ?? searchParams.get('external_task_ids');
	const data = pathname === '/tasks' ? ids.split(',').map(newerTaskOf) : byPath();
	response.writeHead(200, {'content-type': 'application/json'});
	response.end(JSON.stringify({code: 0, message: 'SUCCEED', request_id: 'bench', data}));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
