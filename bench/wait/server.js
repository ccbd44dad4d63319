/*
 * The Kling API as far as waiting needs it, in both standards: every task has succeeded. Arguments: milliseconds of latency, and whether lists
 * show the tasks. Prints its port; GET /requests returns the number of requests, and resets it.
 */
import {createServer} from 'node:http';
import {setTimeout as delay} from 'node:timers/promises';

const [, , latency, lists] = process.argv;
const ids = Array.from({length: 1000}, (_, index) => String(900_000_000_000_000_000n + BigInt(index)));
const taskOf = (id) => ({
	task_id: id,
	task_status: 'succeed',
	task_info: {},
	task_result: {videos: [{id: `v${id}`, url: 'https://cdn.invalid/video.mp4', duration: '5.041'}]},
	created_at: 1_790_000_000_000,
	updated_at: 1_790_000_000_000,
});
const newerTaskOf = (id) => ({
	id,
	status: 'succeeded',
	outputs: [{type: 'video', id: `v${id}`, url: 'https://cdn.invalid/video.mp4', duration: '5.041'}],
	create_time: 1_790_000_000_000,
	update_time: 1_790_000_000_000,
});
let requests = 0;

const server = createServer(async ({url}, response) => {
	const {pathname, searchParams} = new URL(url, 'http://localhost');
	if (pathname === '/requests') {
		response.end(String(requests));
		requests = 0;
		return;
	}
	requests += 1;
	await delay(Number(latency));
	const [number, size] = [Number(searchParams.get('pageNum')), Number(searchParams.get('pageSize'))];
	const page = lists === 'lists' ? ids.slice((number - 1) * size, number * size) : [];
	const byPath = () => (size > 0 ? page.map(taskOf) : taskOf(pathname.split('/').at(-1)));
	const data = pathname === '/tasks' ? searchParams.get('task_ids').split(',').map(newerTaskOf) : byPath();
	response.writeHead(200, {'content-type': 'application/json'});
	response.end(JSON.stringify({code: 0, message: 'SUCCEED', request_id: 'bench', data}));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
