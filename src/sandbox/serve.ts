import type {IncomingMessage, RequestListener} from 'node:http';
import {type Assets, fileRoot} from './assets.js';
import type {Faults} from './fault-plan.js';
import type {Fault} from './fault-types.js';
import {faultOf} from './faults.js';
import {refusals} from './reply.js';
import {type FindRoute, handleRequest} from './routes.js';
import {jsonResponse, type SandboxResponse, sendResponse} from './send-response.js';
import type {State} from './state.js';

type Handler = (...args: Parameters<RequestListener>) => Promise<void>;

/** Stands for the response if a fault prevents it. */
const noResponse: SandboxResponse = {status: 200, headers: {}, bytes: Buffer.alloc(0)};

/** What goes wrong with a request, if anything does. */
function faultFor(faults: Faults, server: 'api' | 'file', request: IncomingMessage): Fault | undefined {
	const {method = '', url = '', headers} = request;
	const name = faults.next({server, method, url, range: headers.range !== undefined});
	return name && faultOf(name);
}

/** If one request fails in an unforeseen way, the sandbox continues. */
const listener =
	(handle: Handler): RequestListener =>
	(request, response) =>
		void handle(request, response).catch(() => response.destroy());

/** Serves the API. */
const serveApi = (state: State, findRoute: FindRoute, faults: Faults) =>
	listener(async (request, response) => {
		const fault = faultFor(faults, 'api', request);
		const work = async () => {
			const reply = await handleRequest(request, state, findRoute, fault).catch(() => refusals.internal());
			return jsonResponse(reply, state.clock.now() + (fault?.clockMs ?? 0));
		};
		const made = fault?.works === false ? noResponse : await work();
		const {headers, url = ''} = request;
		await sendResponse(response, fault?.apply?.({answer: made, whole: made, headers, url}) ?? made);
	});

/** Serves the files of the tasks. */
export const serveFiles = (assets: Assets, faults: Faults) =>
	listener(async (request, response) => {
		const fault = faultFor(faults, 'file', request);
		if (fault?.killsLink) assets.renew(request);
		const made = await assets.answer(request);
		const {headers, url = ''} = request;
		const apply = async () =>
			fault?.apply?.({answer: made, whole: await assets.answer(request, true), headers, url});
		await sendResponse(response, (await apply()) ?? made, request.method === 'HEAD');
	});

/** Serves the API, and the files under their own paths. */
export function serveBoth(state: State, findRoute: FindRoute, faults: Faults): RequestListener {
	const [api, files] = [serveApi(state, findRoute, faults), serveFiles(state.assets, faults)];
	return (request, response) => (request.url?.startsWith(fileRoot) ? files : api)(request, response);
}
