import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {TaskTypeDefinition} from '../lib/task-types/definition.js';
import {makeLedger} from './account/ledger.js';
import {makeAssets} from './assets.js';
import {makeKeys} from './auth.js';
import {makeCallbacks} from './callbacks.js';
import {makeClock} from './clock.js';
import {type Faults, noFaults} from './fault-plan.js';
import {addPresets} from './presets.js';
import {findRouteIn} from './routes.js';
import type {ModelPolicy} from './rules/models.js';
import {addSeeds} from './seeds.js';
import {serveBoth, serveFiles} from './serve.js';
import type {State} from './state.js';
import {makeStore} from './store.js';
import type {SandboxTask} from './task.js';
import {serveTypes} from './types/index.js';
import {makeWebhookSigning} from './webhook-signing.js';

export interface SandboxOptions {
	/** 0 or left out: any free port. */
	port?: number;
	/** Tasks run this many times as fast; default 1. */
	speed?: number;
	/** How many tasks may run at once; default 5, as in a trial pack (docs/kling-api.md §10). */
	slots?: number;
	/** The clock, Unix ms; default the real one. */
	now?: () => number;
	/** Minimum size of a clip in bytes; default the size of the files in the package. */
	clipBytes?: number;
	/** Which models work; default all that Kling is not known to have switched off. */
	models?: ModelPolicy;
	/** The beginning of result links, such as `https://files.example.com`; default the server's own address. */
	publicUrl?: string;
	/** Types to serve besides those that it knows; default those of the program. */
	types?: readonly TaskTypeDefinition[];
	/** What goes wrong; default nothing. */
	faults?: Faults;
}

export interface Sandbox {
	/** `http://127.0.0.1:PORT` */
	baseUrl: string;
	accessKey: string;
	secretKey: string;
	apiKey: string;
	/** The secret that currently signs deliveries to a callback_url. */
	webhookSecret(): string;
	/** Creates another webhook secret; the old one also signs for seven days, or stops at once in an emergency. */
	rotateWebhookSecret(emergency?: boolean): string;
	/** The tasks that were submitted, oldest first. */
	tasks(): SandboxTask[];
	/** Ends at once, whatever connections are open. */
	close(): Promise<void>;
}

const host = '127.0.0.1';

/** Listens on loopback; rejects with Node's error, such as EADDRINUSE. Returns the origin. */
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

/**
 * Starts a local Kling on 127.0.0.1: the API on `port`, the files of its tasks on another port, and therefore another origin.
 * It has its own keys and a few tasks of each type. Rejects with Node's error if it cannot listen. What it imitates and what
 * it does not: src/sandbox/README.md.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const {port = 0, speed = 1, slots = 5, now = Date.now, clipBytes = 0, faults = noFaults} = options;
	const {models = 'lenient', publicUrl} = options;
	const clock = makeClock(now, speed);
	const store = makeStore();
	const assets = makeAssets(clock, store.byId, clipBytes);
	const assetServer = createServer(serveFiles(assets, faults));
	const origin = await listen(assetServer, 0);
	const linkBase = publicUrl?.replace(/\/+$/, '') ?? origin;
	const link: State['link'] = (task, kind) => linkBase + assets.address(task, kind);
	const signing = makeWebhookSigning(clock);
	const callbacks = makeCallbacks(clock, link, signing, faults);
	const served = serveTypes(options.types);
	const state: State = {
		keys: makeKeys(),
		clock,
		store,
		assets,
		link,
		callbacks,
		slots,
		models,
		served,
		signing,
		ledger: makeLedger([], clock.now()),
		cursors: new Map(),
	};
	addSeeds(state);
	addPresets(state);
	state.ledger = makeLedger(store.all(), clock.now());
	// Behind one public address there is one port, which then also serves the files.
	const apiServer = createServer(serveBoth(state, findRouteIn(served), faults));
	const baseUrl = await listen(apiServer, port).catch(async (error: unknown) => {
		await close(assetServer);
		throw error;
	});
	return {
		baseUrl,
		...state.keys,
		webhookSecret: signing.secret,
		rotateWebhookSecret: signing.rotate,
		tasks: store.submitted,
		close: async () => {
			callbacks.close();
			await Promise.all([close(apiServer), close(assetServer)]);
		},
	};
}
