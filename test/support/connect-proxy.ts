import {once} from 'node:events';
import {createServer, type IncomingMessage} from 'node:http';
import {type AddressInfo, connect, type Socket} from 'node:net';

export interface ConnectProxy {
	/** `http://127.0.0.1:PORT` */
	url: string;
	port: number;
	/** `HOST:PORT` of every CONNECT, with what it sent to prove itself. */
	seen: {to: string; authorization: string | undefined}[];
	/** Requests that came without a tunnel. */
	plain: string[];
	/** Opens the way instead of the proxy; left undefined, every way leads to the target. */
	answer: ((request: IncomingMessage, socket: Socket) => void) | undefined;
	close(): Promise<void>;
}

/** A proxy whose every tunnel ends at one port of this machine, whatever name was asked for. */
export async function startConnectProxy(targetPort: number): Promise<ConnectProxy> {
	const sockets = new Set<Socket>();
	const server = createServer((request, response) => {
		proxy.plain.push(request.url ?? '');
		response.writeHead(500).end();
	});
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('error', () => {}).on('close', () => sockets.delete(socket));
	});
	server.on('connect', (request, stream, head) => {
		const socket = stream as Socket;
		proxy.seen.push({to: request.url ?? '', authorization: request.headers['proxy-authorization']});
		if (proxy.answer) return proxy.answer(request, socket);
		const out = connect(targetPort, '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			out.write(head);
			out.pipe(socket).pipe(out);
		});
		sockets.add(out);
		out.on('error', () => socket.destroy()).on('close', () => sockets.delete(out));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	const proxy: ConnectProxy = {
		url: `http://127.0.0.1:${port}`,
		port,
		seen: [],
		plain: [],
		answer: undefined,
		async close() {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
	return proxy;
}
