import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {makeAssets} from './assets.js';
import {makeKeys} from './auth.js';
import {makeCallbacks} from './callbacks.js';
import {makeClock} from './clock.js';
import {type Reply, refusals} from './reply.js';
import {answer} from './routes.js';
import {plantSeeds} from './seeds.js';
import {makeStore} from './store.js';
import type {World} from './world.js';

export interface SandboxOptions {
	/** 0 or left out: any free one. */
	port?: number;
	/** Tasks run this many times as fast; default 1. */
	speed?: number;
	/** How many tasks may run at once; default 5, as in a trial pack (docs/kling-api.md §10). */
	slots?: number;
	/** The clock, Unix ms; default the real one. */
	now?: () => number;
}

export interface Sandbox {
	/** `http://127.0.0.1:PORT` */
	baseUrl: string;
	accessKey: string;
	secretKey: string;
	apiKey: string;
	/** Ends at once, whatever connections are open. */
	close(): Promise<void>;
}

const host = '127.0.0.1';

/** Listens on loopback; rejects with node's error, such as EADDRINUSE. Gives the origin. */
function listen(server: Server, port: number): Promise<string> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, () => {
			server.off('error', reject);
			resolve(`http://${host}:${(server.address() as AddressInfo).port}`);
		});
	});
}

function close(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}

function send(response: ServerResponse, {status, body}: Reply, now: number) {
	const text = JSON.stringify(body);
	response.writeHead(status, {
		'Content-Type': 'application/json;charset=utf-8',
		'Content-Length': Buffer.byteLength(text),
		// Clients set their clock by this, so it has to be the clock that judges their tokens.
		Date: new Date(now).toUTCString(),
		...(status === 413 ? {Connection: 'close'} : {}),
	});
	response.end(text);
}

const serveApi = (world: World) => async (request: IncomingMessage, response: ServerResponse) => {
	const reply = await answer(request, world).catch(() => refusals.internal());
	send(response, reply, world.clock.now());
};

/**
 * Starts a local Kling on 127.0.0.1: the API on `port`, the files of its tasks on another port, hence another
 * origin. It has keys of its own and a few tasks of each type. Rejects with node's error when it cannot listen.
 * What it imitates and what not: src/sandbox/README.md.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const {port = 0, speed = 1, slots = 5, now = Date.now} = options;
	const clock = makeClock(now, speed);
	const assets = makeAssets(clock);
	const assetServer = createServer((request, response) => {
		assets.handle(request, response).catch(() => response.destroy());
	});
	const origin = await listen(assetServer, 0);
	const link: World['link'] = (task, kind) => origin + assets.address(task, kind);
	const callbacks = makeCallbacks(clock, link);
	const world: World = {keys: makeKeys(), clock, store: makeStore(), assets, link, callbacks, slots};
	plantSeeds(world);
	const apiServer = createServer(serveApi(world));
	const baseUrl = await listen(apiServer, port).catch(async (error: unknown) => {
		await close(assetServer);
		throw error;
	});
	return {
		baseUrl,
		...world.keys,
		close: async () => {
			callbacks.close();
			await Promise.all([close(apiServer), close(assetServer)]);
		},
	};
}
