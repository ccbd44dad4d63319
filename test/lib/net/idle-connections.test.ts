import {once} from 'node:events';
import {Agent, type ClientRequest, get, type IncomingMessage} from 'node:http';
import {createServer, type Socket} from 'node:net';
import {expect, onTestFinished, test} from 'vitest';
import {closeOnUnrequestedData} from '../../../src/lib/net/idle-connections.js';
import {listen} from '../../support/raw-server.js';

const response = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n';

/** A server that responds to the first request of each connection, and the connections so far. */
async function startServer(texts: string[]) {
	const connections: Socket[] = [];
	const server = createServer((socket) => {
		connections.push(socket);
		socket.on('error', () => {});
		socket.on('data', () => socket.write(`${response}${texts.shift()}`));
	});
	const port = await listen(server);
	const agent = closeOnUnrequestedData(new Agent({keepAlive: true}));
	onTestFinished(() => {
		agent.destroy();
		server.close();
	});
	const read = async () => {
		const request: ClientRequest = get({port, host: '127.0.0.1', agent});
		const [message] = (await once(request, 'response')) as [IncomingMessage];
		let text = '';
		for await (const chunk of message) text += chunk;
		return text;
	};
	return {connections, agent, read};
}

test.each(['a response', `${response}xx`, '\r\n'])(
	'a kept connection that brings bytes nobody asked for is closed before it is used again: %j',
	async (unasked) => {
		const {connections, agent, read} = await startServer(['ab', 'cd']);
		expect(await read()).toBe('ab');
		await expect.poll(() => Object.keys(agent.freeSockets).length).toBe(1);
		// The agent sets no limit for idle connections: only what arrives can close this one.
		const [first] = connections;
		first?.write(unasked);
		await once(first as Socket, 'close');
		expect(await read()).toBe('cd');
		expect(connections).toHaveLength(2);
	},
);

test('a kept connection that stays quiet is used again, however often', async () => {
	const {connections, agent, read} = await startServer(['ab', 'cd', 'ef']);
	for (const text of ['ab', 'cd', 'ef']) {
		expect(await read()).toBe(text);
		await expect.poll(() => Object.keys(agent.freeSockets).length).toBe(1);
	}
	expect(connections).toHaveLength(1);
});
