import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import type {AddressInfo} from 'node:net';

interface SeenRequest {
	method: string;
	url: string;
	headers: IncomingMessage['headers'];
	body: string;
}

export interface FakeServer {
	baseUrl: string;
	port: number;
	/** Every request so far, in order. */
	seen: SeenRequest[];
	/** Handles requests from now on; called once for each. */
	answer: (request: SeenRequest, response: ServerResponse) => void;
	close(): Promise<void>;
}

/**
 * A server that responds as a test says, over a real socket.
 * @param certificate makes it speak TLS
 */
export async function startFakeServer(certificate?: {cert: Buffer; key: Buffer}): Promise<FakeServer> {
	const listener = async (request: IncomingMessage, response: ServerResponse) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const seen = {
			method: request.method ?? '',
			url: request.url ?? '',
			headers: request.headers,
			body: Buffer.concat(chunks).toString(),
		};
		fake.seen.push(seen);
		fake.answer(seen, response);
	};
	const server = certificate ? createTlsServer(certificate, listener) : createServer(listener);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	const fake: FakeServer = {
		baseUrl: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`,
		port,
		seen: [],
		answer: (_, response) => void response.writeHead(500).end(),
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
	return fake;
}

/** A JSON response. */
export function json(body: unknown, status = 200): FakeServer['answer'] {
	return (_, response) => {
		response.writeHead(status, {'content-type': 'application/json'});
		response.end(typeof body === 'string' ? body : JSON.stringify(body));
	};
}

/** A successful response of the API. To a submission it names the external id, like Kling's. */
export function ok(data: unknown): FakeServer['answer'] {
	const facts = {code: 0, message: 'SUCCEED', request_id: '00000000-0000-4000-8000-000000000000'};
	return (request, response) => json({...facts, data: named(data, request)})(request, response);
}

function named(data: unknown, {method, body}: SeenRequest): unknown {
	const [, external_task_id] = /"external_task_id":"([^"]*)"/.exec(body) ?? [];
	const isTask = typeof data === 'object' && data !== null && 'task_id' in data && !('task_info' in data);
	return method === 'POST' && isTask && external_task_id ? {...data, task_info: {external_task_id}} : data;
}

/** A refusal of the API. */
export function refusal(status: number, code: number, message: string): FakeServer['answer'] {
	return json({code, message, request_id: '00000000-0000-4000-8000-00000000abcd'}, status);
}
