import {Agent} from 'node:https';
import type {BeforeRequestHook} from 'got';
import {type ProxyServer, proxyFor} from './proxy.js';
import {network} from './settings.js';

/** Of proxies by address, and of direct connections, so that connections are used again. */
const agents = new Map<string, Agent>();

/**
 * The agent for one address: through the proxy that the environment names, with the trust that was set.
 * @returns undefined where Node's own agent does
 * @throws KlingError `invalid_config` for a proxy that cannot be one
 */
async function agentFor(url: URL): Promise<Agent | undefined> {
	const {secureContext, requestTimeoutMs} = network;
	const proxy = await proxyFor(url);
	if (proxy === undefined && secureContext === undefined) return undefined;
	const key = proxy === undefined ? '' : `${proxy.url.href} ${proxy.authorization}`;
	const known = agents.get(key);
	if (known) return known;
	const agent =
		proxy === undefined
			? new Agent({keepAlive: true, ...(secureContext && {secureContext})})
			: await tunnel(proxy, requestTimeoutMs);
	agents.set(key, agent);
	return agent;
}

async function tunnel(proxy: ProxyServer, timeoutMs: number | undefined): Promise<Agent> {
	const {Tunnel} = await import('./tunnel.js');
	// It speaks TLS to the other side, and has all of an https agent that Node asks for.
	return new Tunnel(proxy, network.secureContext, {timeoutMs}) as unknown as Agent;
}

/**
 * A `beforeRequest` hook of got, which runs anew after each redirect: chooses the way to the address and applies
 * the limit of `--request-timeout`, for a stream to its first byte and its silences.
 */
export const route: BeforeRequestHook = async (options) => {
	const {requestTimeoutMs: limit} = network;
	const agent = options.url instanceof URL ? await agentFor(options.url) : undefined;
	// Set in any case: a redirect may lead away from where the proxy is wanted.
	options.agent = agent === undefined ? {} : {https: agent};
	if (limit === undefined) return;
	options.timeout = {
		...options.timeout,
		response: limit,
		socket: limit,
		...(!options.isStream && {request: limit}),
	};
};
