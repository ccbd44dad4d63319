import {type AgentOptions, Agent as HttpAgent} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import type {BeforeRequestHook} from 'got';
import {proxyFor} from './proxy.js';
import {network} from './settings.js';

/** As Node's own agents keep connections, from 19 on; `timeout` is of those that nobody uses, in milliseconds. */
const keeping: AgentOptions = {keepAlive: true, scheduling: 'lifo', timeout: 5000};

/** One for each way, so that connections are used again. */
const agents = new Map<string, HttpsAgent>();
let plainAgent: HttpAgent | undefined;

/**
 * The agents for one address: through the proxy that the environment names, with the trust that was set. Never Node's own,
 * which from Node 24 on can be told to take a proxy to this machine, too.
 * @throws KlingError `invalid_config` for a proxy that cannot be one
 */
async function agentsFor(url: URL): Promise<{http: HttpAgent} | {https: HttpsAgent}> {
	if (url.protocol === 'http:') {
		plainAgent ??= new HttpAgent(keeping);
		return {http: plainAgent};
	}
	const {secureContext, requestTimeoutMs: timeoutMs} = network;
	const proxy = await proxyFor(url);
	const way = proxy === undefined ? 'direct' : `${proxy.url.href} ${proxy.authorization}`;
	let agent = agents.get(way);
	if (agent === undefined) {
		if (proxy === undefined) agent = new HttpsAgent({...keeping, ...(secureContext && {secureContext})});
		else {
			const {Tunnel} = await import('./tunnel.js');
			// It speaks TLS to the other side, and has all of an https agent that Node asks for.
			agent = new Tunnel(proxy, secureContext, {timeoutMs}) as unknown as HttpsAgent;
		}
		// While the module was loaded, another request may have been here.
		agent = agents.get(way) ?? agent;
		agents.set(way, agent);
	}
	return {https: agent};
}

/**
 * A `beforeRequest` hook of got, which runs anew after each redirect: chooses the way to the address and applies
 * the limit of `--request-timeout`, for a stream to its first byte and its silences.
 */
export const route: BeforeRequestHook = async (options) => {
	const {requestTimeoutMs: limit} = network;
	if (options.url instanceof URL) options.agent = await agentsFor(options.url);
	if (limit === undefined) return;
	options.timeout = {
		...options.timeout,
		response: limit,
		socket: limit,
		...(!options.isStream && {request: limit}),
	};
};
