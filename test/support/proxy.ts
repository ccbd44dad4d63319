import {once} from 'node:events';
import {createServer, request as forward} from 'node:http';
import type {AddressInfo} from 'node:net';

/** What happens to one request in transit. */
interface Mishap {
	/** The request does not reach the server. */
	before?: boolean;
	/** It does not reach the server, and the connection stays open. */
	never?: boolean;
	/** The server's response does not reach the client. */
	after?: boolean;
	/** Milliseconds by which the response is delayed. */
	delayMs?: number;
	/** What the response waits for. */
	until?: Promise<unknown>;
}

export interface MishapProxy {
	baseUrl: string;
	/** Decides for each request; nothing happens without it. */
	mishap: (method: string, url: string) => Mishap | undefined;
	/** `METHOD path` of every request received, in order. */
	seen: string[];
	close(): Promise<void>;
}

/** A proxy between the command and the sandbox that drops connections as a test says. */
export async function startProxy(target: string): Promise<MishapProxy> {
	const server = createServer((request, response) => {
		const {method = '', url = ''} = request;
		proxy.seen.push(`${method} ${url}`);
		const {before, never, after, delayMs = 0, until} = proxy.mishap(method, url) ?? {};
		if (never) return void request.resume();
		if (before) return void request.socket.destroy();
		const outgoing = forward(target + url, {method, headers: request.headers}, (answer) => {
			setTimeout(async () => {
				await until;
				if (after) return void request.socket.destroy();
				response.writeHead(answer.statusCode ?? 502, answer.headers);
				answer.pipe(response);
			}, delayMs);
		});
		outgoing.on('error', () => request.socket.destroy());
		request.pipe(outgoing);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const proxy: MishapProxy = {
		baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		mishap: () => undefined,
		seen: [],
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
	return proxy;
}
