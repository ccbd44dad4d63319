/* What Node itself needs to send one request per task, 50 at a time. Arguments: address of the API, number of tasks. */
import http from 'node:http';

const [, , base, count] = process.argv;
const agent = new http.Agent({keepAlive: true, maxSockets: 50});
const get = (id) =>
	new Promise((resolve, reject) => {
		http
			.get(`${base}/v1/videos/omni-video/${id}`, {agent}, (response) => {
				let text = '';
				response.setEncoding('utf8').on('data', (chunk) => {
					text += chunk;
				});
				response.on('end', () => resolve(JSON.parse(text)));
			})
			.on('error', reject);
	});
const ids = Array.from({length: Number(count)}, (_, index) =>
	String(900_000_000_000_000_000n + BigInt(index)),
);
await Promise.all(ids.map(get));
agent.destroy();
