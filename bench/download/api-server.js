/*
 * The Kling API as far as a download needs it: every task has succeeded, and its id is the name of its file.
 * Arguments: address of the files, milliseconds of latency. Prints its port.
 */
import {createServer} from 'node:http';
import {setTimeout as delay} from 'node:timers/promises';

const [, , files, latency] = process.argv;

/** The newest tasks: of whichever size somebody asks for. */
const many = Array.from({length: 100}, (_, index) => `small${index + 1}`);
const tiny = Array.from({length: 1000}, (_, index) => `tiny${index + 1}`);
const newest = [...many, ...tiny];

const taskOf = (id) => ({
	task_id: id,
	task_status: 'succeed',
	task_result: {videos: [{id, url: `${files}/${id}.mp4`}]},
});

const server = createServer(async ({url}, response) => {
	await delay(Number(latency));
	const {pathname, searchParams} = new URL(url, 'http://localhost');
	const size = Number(searchParams.get('pageSize'));
	const number = Number(searchParams.get('pageNum'));
	const data =
		size > 0
			? newest.slice((number - 1) * size, number * size).map(taskOf)
			: taskOf(pathname.split('/').at(-1));
	response.writeHead(200, {'content-type': 'application/json'});
	response.end(JSON.stringify({code: 0, message: 'SUCCEED', request_id: 'bench', data}));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
