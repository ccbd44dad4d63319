import {once} from 'node:events';
import {createServer, type IncomingMessage, type RequestListener} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import {type AddressInfo, connect, type Socket} from 'node:net';

export interface ConnectProxy {
	/** `http://127.0.0.1:PORT`, or `https://localhost:PORT` */
	url: string;
	port: number;
	/** `HOST:PORT` of every CONNECT, with its credentials. */
	seen: {to: string; authorization: string | undefined}[];
	/** Requests that came without a tunnel. */
	plain: string[];
	/** Opens the tunnel instead of the proxy. Undefined: every tunnel leads to the target. */
	answer: ((request: IncomingMessage, socket: Socket) => void) | undefined;
	close(): Promise<void>;
}

/**
 * A proxy whose every tunnel ends at one port of this machine, whatever name was requested.
 * @param certificate makes it speak TLS
 */
export async function startConnectProxy(
	targetPort: number,
	certificate?: {cert: Buffer; key: Buffer},
): Promise<ConnectProxy> {
	const sockets = new Set<Socket>();
	const listener: RequestListener = (request, response) => {
		proxy.plain.push(request.url ?? '');
		response.writeHead(500).end();
	};
	const server = certificate ? createTlsServer(certificate, listener) : createServer(listener);
	const keep = (socket: Socket) => {
		sockets.add(socket);
		socket.on('error', () => {}).on('close', () => sockets.delete(socket));
	};
	server.on('connection', keep).on('secureConnection', keep);
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
		url: certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
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
